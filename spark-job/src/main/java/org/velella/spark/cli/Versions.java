package org.velella.spark.cli;

import org.velella.provenance.Software;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Versions implements IVersionProvider {
  @Override
  public String[] getVersion() {
    Software software = Software.current();
    return new String[] {"velella " + software.velella(), "Java " + software.java()};
  }
}
