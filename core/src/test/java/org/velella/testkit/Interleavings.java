package org.velella.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Runs tasks of a small world in every order that their steps can have. The world's shared parts
 * call {@link Turns#step} before each access; a task stands still there until it is its turn. A
 * state that was reached before, by another order, is not followed again.
 */
public final class Interleavings {
  private final Supplier<World> worlds;
  private final Set<String> seen = new HashSet<>();
  private final Deque<List<Integer>> open = new ArrayDeque<>();
  private long endings;

  private Interleavings(Supplier<World> worlds) {
    this.worlds = worlds;
  }

  /** What the tasks share; each run of an order gets a fresh one. */
  public interface World {
    /** The tasks; a task is known by its place here. */
    List<Callable<Object>> tasks(Turns turns);

    /** Everything shared, as a text that is equal for equal states. */
    String state();

    /** Looks at a state in which every task stands still or has ended. */
    void atEveryState();

    /**
     * Looks at the state in which all tasks have ended.
     *
     * @param outcomes what each task has given, or the exception that it has thrown
     */
    void atTheEnd(List<Object> outcomes);
  }

  /** How many there were. */
  public record Count(long states, long endings) {}

  /** Runs all orders. */
  public static Count explore(Supplier<World> worlds) throws Exception {
    Interleavings all = new Interleavings(worlds);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      all.open.add(List.of());
      while (!all.open.isEmpty()) {
        all.run(all.open.removeLast(), threads);
      }
    } finally {
      threads.shutdownNow();
    }
    return new Count(all.seen.size(), all.endings);
  }

  private void run(List<Integer> prefix, ExecutorService threads) throws Exception {
    World world = worlds.get();
    Turns turns = new Turns();
    List<Callable<Object>> tasks = world.tasks(turns);
    List<Future<Object>> running = turns.start(tasks, threads);
    turns.replay(prefix);
    List<Integer> path = new ArrayList<>(prefix);
    while (true) {
      List<Integer> ready = turns.ready();
      if (!seen.add(world.state() + turns.traces())) {
        turns.abandon();
        break;
      }
      world.atEveryState();
      if (ready.isEmpty()) {
        break;
      }
      int next = ready.get(0);
      for (int other : ready.subList(1, ready.size())) {
        List<Integer> branch = new ArrayList<>(path);
        branch.add(other);
        open.add(branch);
      }
      path.add(next);
      turns.advance(next);
    }
    List<Object> outcomes = new ArrayList<>();
    for (Future<Object> task : running) {
      outcomes.add(outcome(task));
    }
    if (!turns.abandoned) {
      endings++;
      world.atTheEnd(outcomes);
    }
  }

  private static Object outcome(Future<Object> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failure) {
        throw failure;
      }
      return e.getCause();
    }
  }

  /** Thrown inside a task whose run is of no more interest. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("another order has led here before", null, false, false);
    }
  }

  /** Whose turn it is. */
  public static final class Turns {
    private final ThreadLocal<Integer> self = new ThreadLocal<>();
    private final Semaphore stopped = new Semaphore(0);
    private final List<Semaphore> turns = new ArrayList<>();
    private final List<StringBuilder> traces = new ArrayList<>();
    private final List<Boolean> ended = new ArrayList<>();
    private final Deque<Integer> replayed = new ArrayDeque<>();
    private volatile boolean abandoned;

    private List<Future<Object>> start(List<Callable<Object>> tasks, ExecutorService threads)
        throws InterruptedException {
      List<Future<Object>> running = new ArrayList<>();
      for (int i = 0; i < tasks.size(); i++) {
        turns.add(new Semaphore(0));
        traces.add(new StringBuilder());
        ended.add(false);
      }
      for (int i = 0; i < tasks.size(); i++) {
        int number = i;
        running.add(threads.submit(() -> play(number, tasks.get(number))));
        stopped.acquire();
      }
      return running;
    }

    private Object play(int number, Callable<Object> task) throws Exception {
      self.set(number);
      try {
        return task.call();
      } finally {
        self.remove();
        ended.set(number, true);
        stand(number);
      }
    }

    /** Waits for this task's turn; in a thread that is none of the tasks it does nothing. */
    public void step() {
      Integer number = self.get();
      if (number == null) {
        return;
      }
      if (!abandoned && !stand(number)) {
        turns.get(number).acquireUninterruptibly();
      }
      if (abandoned) {
        throw new Abandoned();
      }
    }

    /**
     * A task stands still, or has ended. While known steps are repeated it hands on to the next one
     * itself, since waking a thread takes longer than most steps; whether that is the task itself.
     */
    private boolean stand(int number) {
      Integer next = replayed.poll();
      if (next == null) {
        stopped.release();
        return false;
      }
      traces.get(next).append('.');
      if (next == number) {
        return true;
      }
      turns.get(next).release();
      return false;
    }

    /** Tells what a task has seen, on which its further way depends. */
    public void saw(String what) {
      Integer number = self.get();
      if (number != null) {
        traces.get(number).append(what).append(';');
      }
    }

    /** The task that runs here, or -1. */
    public int task() {
      Integer number = self.get();
      return number == null ? -1 : number;
    }

    private List<Integer> ready() {
      List<Integer> ready = new ArrayList<>();
      for (int i = 0; i < ended.size(); i++) {
        if (!ended.get(i)) {
          ready.add(i);
        }
      }
      return ready;
    }

    private String traces() {
      return traces + "" + ended;
    }

    /** Repeats steps that led to where something else can come next. */
    private void replay(List<Integer> path) throws InterruptedException {
      if (!path.isEmpty()) {
        replayed.addAll(path.subList(1, path.size()));
        advance(path.get(0));
      }
    }

    private void advance(int number) throws InterruptedException {
      traces.get(number).append('.');
      turns.get(number).release();
      stopped.acquire();
    }

    private void abandon() {
      abandoned = true;
      turns.forEach(Semaphore::release);
    }
  }
}
