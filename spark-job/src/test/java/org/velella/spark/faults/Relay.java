package org.velella.spark.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A network between a driver and its executors, which can be cut for one process: connections stay,
 * new ones are taken, and nothing is carried in either direction until it is healed. Then all that
 * was sent meanwhile arrives. The driver says that it is at {@link #HOST} and is at {@link
 * #DRIVER}, with the same ports.
 */
final class Relay implements AutoCloseable {
  static final String HOST = "127.0.0.9";
  static final String DRIVER = "127.0.0.1";

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int BACKLOG = 100;

  private final ServerSocket server;
  private final List<Link> links = new CopyOnWriteArrayList<>();

  /** The process that is cut off; 0: none. */
  private long cut;

  Relay() throws IOException {
    server = freeOnBoth();
    start("relay", this::accept);
  }

  /** On a port that the driver can have at its own address. */
  private static ServerSocket freeOnBoth() throws IOException {
    while (true) {
      ServerSocket here = new ServerSocket(0, BACKLOG, InetAddress.getByName(HOST));
      try {
        new ServerSocket(here.getLocalPort(), BACKLOG, InetAddress.getByName(DRIVER)).close();
        return here;
      } catch (IOException e) {
        here.close();
      }
    }
  }

  int port() {
    return server.getLocalPort();
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Link link = new Link(server.accept());
        synchronized (this) {
          links.add(link);
          link.cut = cut != 0 && ports(cut).contains(link.near.getPort());
        }
        start("relay", link::connect);
      } catch (IOException e) {
        // Closed, or whoever asked has gone.
        continue;
      }
    }
  }

  /** Cuts a process off; gives how many connections it has. */
  synchronized int cut(long pid) throws IOException {
    cut = pid;
    Set<Integer> ports = ports(pid);
    int count = 0;
    for (Link link : links) {
      link.cut = ports.contains(link.near.getPort());
      count += link.cut ? 1 : 0;
    }
    return count;
  }

  /** Carries everything again. */
  synchronized void heal() {
    cut = 0;
    links.forEach(link -> link.cut = false);
    notifyAll();
  }

  /** The local ports of a process's connections, as Linux tells them. */
  private static Set<Integer> ports(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      for (Path file : open.toList()) {
        try {
          sockets.add(Files.readSymbolicLink(file).toString());
        } catch (IOException e) {
          // Closed meanwhile.
          continue;
        }
      }
    }
    Set<Integer> ports = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(process.resolve(table))) {
        String[] columns = line.strip().split("\\s+");
        if (columns.length > 9 && sockets.contains("socket:[" + columns[9] + "]")) {
          ports.add(Integer.parseInt(columns[1].substring(columns[1].indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }

  private synchronized void awaitOpen(Link link) {
    while (link.cut && !server.isClosed()) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** A connection and the one behind it. */
  private final class Link {
    private final Socket near;
    private final Socket far = new Socket();

    /** Guarded by the relay. */
    private boolean cut;

    Link(Socket near) {
      this.near = near;
    }

    void connect() {
      try {
        awaitOpen(this);
        far.connect(new java.net.InetSocketAddress(DRIVER, port()));
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        start("relay", () -> carry(far, near));
        carry(near, far);
      } catch (IOException e) {
        close();
      }
    }

    /** An end is not told either before the network is healed. */
    private void carry(Socket from, Socket to) {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          awaitOpen(this);
          out.write(buffer, 0, count);
        }
      } catch (IOException e) {
        // One side is gone, and the other is to know.
      } finally {
        awaitOpen(this);
        close();
      }
    }

    void close() {
      links.remove(this);
      for (Socket socket : List.of(near, far)) {
        try {
          socket.close();
        } catch (IOException e) {
          continue;
        }
      }
    }
  }

  @Override
  public synchronized void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    notifyAll();
    links.forEach(Link::close);
  }
}
