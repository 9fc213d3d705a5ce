package org.velella.spark.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hadoop.security.AccessControlException;

/**
 * What goes wrong in a fake storage of this JVM: the k-th request fails, in one of the ways in
 * which requests fail. Safe for several threads.
 */
public final class StoreFaults {
  /** How a request fails. */
  public enum Kind {
    /** Refused before it did anything. */
    BEFORE,
    /** It did its work, and the answer was lost. */
    AFTER,
    /** The answer was lost, and the work is done only after further requests. */
    LATE
  }

  private static final int LATE_BY = 2;

  /** What a request does. */
  @FunctionalInterface
  public interface Request<T> {
    T send() throws IOException;
  }

  private record Delayed(long at, Request<?> request) {}

  private final Deque<Delayed> delayed = new ArrayDeque<>();
  private Kind kind = Kind.BEFORE;
  private long failing;
  private long broken = Long.MAX_VALUE;
  private long requests;
  private String failed = "";
  private String full = "";
  private long free = Long.MAX_VALUE;
  private String locked = "";
  private Thread caller;
  private Observer observer = (phase, name) -> {};

  /** Is told of every request before and after it does its work; may stop there. */
  @FunctionalInterface
  public interface Observer {
    void at(Phase phase, String request);
  }

  /** A request's moments. */
  public enum Phase {
    BEFORE,
    AFTER
  }

  /** Lets there be no room for files whose path holds a text; none if it is empty. */
  public synchronized void full(String text) {
    full = text;
  }

  /** Says how many bytes are free, which nobody keeps to; without this, there is no end. */
  public synchronized void free(long bytes) {
    free = bytes;
  }

  /** Bytes that are said to be free. */
  synchronized long free() {
    return free;
  }

  /** Whether there is no room for a file. */
  synchronized boolean isFull(String path) {
    return !full.isEmpty() && path.contains(full);
  }

  /** Refuses requests whose name holds a text, as to somebody without the right; none if empty. */
  public synchronized void lock(String text) {
    locked = text;
  }

  /** Shows all requests to somebody. */
  public synchronized void observe(Observer all) {
    observer = all;
  }

  /** Lets the k-th request from now on fail; 0 for none. */
  public synchronized void failAt(Kind how, long k) {
    kind = how;
    failing = k;
    broken = Long.MAX_VALUE;
    requests = 0;
    failed = "";
    delayed.clear();
    caller = null;
  }

  /** Lets the k-th request from now on find a thread interrupted, whosever the request is. */
  public synchronized void interruptAt(Thread thread, long k) {
    failAt(Kind.BEFORE, 0);
    caller = thread;
    failing = k;
  }

  /** Lets no more requests fail; what is late is still to come, some requests later. */
  public synchronized void heal() {
    failing = 0;
    broken = Long.MAX_VALUE;
  }

  /** Lets the k-th request and all later ones fail before they do anything. */
  public synchronized void failFrom(long k) {
    failAt(Kind.BEFORE, 0);
    broken = k;
  }

  /** Requests since then. */
  public synchronized long requests() {
    return requests;
  }

  /** The request that failed; empty if none has. */
  public synchronized String failed() {
    return failed;
  }

  /**
   * Sends a request, or lets it fail.
   *
   * @param name for messages
   */
  public synchronized <T> T send(String name, Request<T> request) throws IOException {
    requests++;
    if (!locked.isEmpty() && name.contains(locked)) {
      throw new AccessControlException("Permission denied: " + name);
    }
    while (!delayed.isEmpty() && delayed.peek().at() <= requests) {
      arrive(delayed.poll().request());
    }
    if (requests >= broken) {
      failed = name;
      throw new IOException("503 Slow Down, at request " + requests + ": " + name);
    }
    if (requests == failing && caller != null) {
      failed = name;
      caller.interrupt();
    }
    if (requests != failing || caller != null) {
      observer.at(Phase.BEFORE, name);
      T answer = request.send();
      observer.at(Phase.AFTER, name);
      return answer;
    }
    failed = name;
    if (kind == Kind.BEFORE) {
      throw new IOException("503 Slow Down, at request " + requests + ": " + name);
    }
    if (kind == Kind.AFTER) {
      request.send();
    } else {
      delayed.add(new Delayed(requests + LATE_BY, request));
    }
    throw new InterruptedIOException("Read timed out, at request " + requests + ": " + name);
  }

  /** What nobody waits for any longer may as well be refused. */
  private static void arrive(Request<?> request) {
    try {
      request.send();
    } catch (IOException e) {
      // Refused.
    }
  }
}
