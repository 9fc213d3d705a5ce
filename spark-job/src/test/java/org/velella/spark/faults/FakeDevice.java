package org.velella.spark.faults;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.velella.backend.Availability;
import org.velella.backend.DeviceBackend;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;
import org.velella.backend.DeviceUse;
import org.velella.backend.Program;
import org.velella.plan.Plan;
import org.velella.spark.WatchedProgram;

/**
 * Two devices of this JVM that compute as the scalar backend does, until they are full, lost, or
 * wrong. Without a test that has plugged it in, nobody takes it.
 */
public final class FakeDevice implements DeviceBackend {
  /** Bytes that a sample is said to take. */
  static final long BYTES = 1000;

  /** As room for samples: the device cannot even be opened. */
  static final int NOT_EVEN_A_CONTEXT = -1;

  private static final AtomicLong DEVICES = new AtomicLong();
  private static final AtomicLong CHUNKS = new AtomicLong();
  private static final AtomicLong WORK = new AtomicLong();

  private static volatile State state = new State("fake-device", Mode.OUT, 0, 0, 0, 0);

  private static final AtomicInteger PROGRAMS = new AtomicInteger();
  private static final AtomicInteger MOST_PROGRAMS = new AtomicInteger();
  private static final AtomicInteger BUSY = new AtomicInteger();
  private static final AtomicInteger MOST_BUSY = new AtomicInteger();

  private final int ordinal;
  private final AtomicLong launches = new AtomicLong();

  /** For the {@link java.util.ServiceLoader}. */
  public FakeDevice() {
    this(0);
  }

  private FakeDevice(int ordinal) {
    this.ordinal = ordinal;
  }

  /** Whether there is a device, and whether it is noticed. */
  private enum Mode {
    OUT,
    ABSENT,
    THERE,
    ALONE
  }

  /**
   * @param room samples that fit
   * @param loseAt the chunk at which it is lost; 0 for none
   * @param flipAt the chunk in which it gets a bit wrong; 0 for none
   * @param fullAt the chunk for which it has no room, once; 0 for none
   */
  private record State(String name, Mode mode, int room, long loseAt, long flipAt, long fullAt) {}

  private static String set(Mode mode, int room, long loseAt, long flipAt) {
    return set(mode, room, loseAt, flipAt, 0);
  }

  private static String set(Mode mode, int room, long loseAt, long flipAt, long fullAt) {
    // A device that was lost stays lost to this process, so each test has its own.
    String name = "fake-device-" + DEVICES.incrementAndGet();
    CHUNKS.set(0);
    WORK.set(0);
    MOST_BUSY.set(0);
    MOST_PROGRAMS.set(PROGRAMS.get());
    state = new State(name, mode, room, loseAt, flipAt, fullAt);
    return name;
  }

  /** Nobody has heard of it. */
  static void unplug() {
    state = new State("fake-device", Mode.OUT, 0, 0, 0, 0);
  }

  /** Preferred to all others, and not there. Gives the backend's name, as do the others. */
  static String absent() {
    return set(Mode.ABSENT, 0, 0, 0);
  }

  static String withRoomFor(int samples) {
    return set(Mode.THERE, samples, 0, 0);
  }

  static String lostAt(long chunk) {
    return set(Mode.THERE, Integer.MAX_VALUE, chunk, 0);
  }

  /**
   * In the midst of a tile it turns out that there is no room for the rest, such as for a buffer.
   */
  static String fullAt(long chunk) {
    return set(Mode.THERE, Integer.MAX_VALUE, 0, 0, chunk);
  }

  static String wrongAt(long chunk) {
    return set(Mode.THERE, Integer.MAX_VALUE, 0, chunk);
  }

  /** Only one device, and not two. */
  static String alone() {
    return set(Mode.ALONE, Integer.MAX_VALUE, 0, 0);
  }

  /** Programs that hold something of the devices. */
  static int programs() {
    return PROGRAMS.get();
  }

  /** How many of them there were at the same time, at most. */
  static int mostPrograms() {
    return MOST_PROGRAMS.get();
  }

  /** Chunks that the device has been asked for. */
  static long chunks() {
    return CHUNKS.get();
  }

  /** Steps of samples that the device has begun. */
  static long work() {
    return WORK.get();
  }

  /** How many chunks both devices have computed at the same time, at most. */
  static int mostBusy() {
    return MOST_BUSY.get();
  }

  @Override
  public List<Device> devices() {
    List<Device> two =
        List.of(new Device(0, "Fake", "F-0", 1 << 20), new Device(1, "Fake", "F-1", 1 << 20));
    return switch (state.mode()) {
      case THERE -> two;
      case ALONE -> two.subList(0, 1);
      case ABSENT, OUT -> List.of();
    };
  }

  @Override
  public DeviceBackend on(int which) {
    return new FakeDevice(which);
  }

  @Override
  public long freeBytes() {
    if (state.room() == NOT_EVEN_A_CONTEXT) {
      throw new DeviceMemoryException(state.name(), BYTES, 0);
    }
    return Long.MAX_VALUE;
  }

  @Override
  public DeviceUse use() {
    long count = launches.get();
    return new DeviceUse(count, 500 * count, 1000 * count, 2 * count, 3 * count);
  }

  @Override
  public String name() {
    return state.name();
  }

  @Override
  public Availability availability() {
    return !devices().isEmpty()
        ? Availability.yes("the tests' device")
        : Availability.no("the driver library found no device", "Plug one in.");
  }

  @Override
  public int preference() {
    return state.mode() == Mode.OUT ? Integer.MIN_VALUE + 2 : Integer.MAX_VALUE;
  }

  @Override
  public Program compile(Plan plan) {
    State device = state;
    if (plan.batch() > device.room()) {
      throw new DeviceMemoryException(device.name(), plan.batch() * BYTES, device.room() * BYTES);
    }
    MOST_PROGRAMS.accumulateAndGet(PROGRAMS.incrementAndGet(), Math::max);
    return WatchedProgram.inShortChunks(
            plan,
            (scalar, chunk) -> {
              long now = CHUNKS.incrementAndGet();
              launches.incrementAndGet();
              WORK.addAndGet((long) plan.batch() * chunk.steps());
              MOST_BUSY.accumulateAndGet(BUSY.incrementAndGet(), Math::max);
              try {
                if (device.loseAt() > 0 && now >= device.loseAt()) {
                  throw new DeviceLostException(device.name(), "an illegal address was met", null);
                }
                if (now == device.fullAt()) {
                  throw new DeviceMemoryException(device.name(), plan.batch() * BYTES, 0);
                }
                scalar.run(chunk);
                if (now == device.flipAt()) {
                  flip(chunk.value(plan.outputs().get(0)));
                }
              } finally {
                BUSY.decrementAndGet();
              }
            })
        .whenClosed(PROGRAMS::decrementAndGet);
  }

  /** Turns one output spike around, in the first step of the chunk's first sample. */
  private static void flip(float[] output) {
    output[0] = 1 - output[0];
  }
}
