package org.velella.spark.cli;

import java.io.PrintWriter;
import org.velella.provenance.Secrets;

/** Writes texts without the secrets in them; a secret that is written in pieces is not known. */
final class HidingWriter extends PrintWriter {
  HidingWriter(PrintWriter target) {
    super(target, true);
  }

  @Override
  public void write(String text, int offset, int length) {
    String hidden = Secrets.hide(text.substring(offset, offset + length));
    super.write(hidden, 0, hidden.length());
  }

  @Override
  public void write(String text) {
    write(text, 0, text.length());
  }
}
