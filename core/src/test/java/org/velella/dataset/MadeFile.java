package org.velella.dataset;

import java.io.IOException;
import java.io.InputStream;

/** A file of a beginning and as many pieces as it takes, which are made while it is read. */
record MadeFile(String name, byte[] begin, Piece piece, int pieceBytes, long pieces)
    implements DataFile {
  /** Makes the bytes of piece n, always the same number of them. */
  @FunctionalInterface
  interface Piece {
    byte[] bytes(long n) throws IOException;
  }

  @Override
  public long length() {
    return begin.length + pieceBytes * pieces;
  }

  @Override
  public InputStream open(long offset) throws IOException {
    long first = Math.max(0, offset - begin.length) / pieceBytes;
    InputStream in = new Pieces(this, first);
    in.skipNBytes(first == 0 ? offset : (offset - begin.length) % pieceBytes);
    return in;
  }

  /** The pieces as a stream. */
  private static final class Pieces extends InputStream {
    private final MadeFile file;
    private byte[] now;
    private int at;
    private long next;

    Pieces(MadeFile file, long first) {
      this.file = file;
      this.now = first == 0 ? file.begin() : new byte[0];
      this.next = first;
    }

    private boolean fill() throws IOException {
      while (at == now.length && next < file.pieces()) {
        now = file.piece().bytes(next++);
        at = 0;
      }
      return at < now.length;
    }

    @Override
    public int available() throws IOException {
      return fill() ? now.length - at : 0;
    }

    @Override
    public int read() throws IOException {
      return fill() ? now[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int from, int count) throws IOException {
      if (!fill()) {
        return -1;
      }
      int part = Math.min(count, now.length - at);
      System.arraycopy(now, at, to, from, part);
      at += part;
      return part;
    }
  }
}
