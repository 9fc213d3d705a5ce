package org.velella.spark.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.velella.backend.Backends;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.spark.LiveHeap;
import org.velella.spark.TestNetwork;
import org.velella.spark.frame.BadSampleException;
import org.velella.spark.frame.Fragment;
import org.velella.spark.frame.SampleInput;
import org.velella.spark.job.NetworkSource;

/** A task's work on one range, in a JVM that has room for little else. */
final class HeapOfRun {
  private static final int SAMPLES = 40;
  private static final String RECORD = "spikes,v:hidden,v:readout";

  private HeapOfRun() {}

  /**
   * Runs a range, and collects garbage all the while, at moments that the run does not choose;
   * prints the most that was left after a collection, and how many intervals and collections there
   * were.
   *
   * @param args a folder, steps, and steps between two checkpoints
   */
  public static void main(String[] args) throws IOException, BadSampleException {
    Path folder = Path.of(args[0]);
    long steps = Long.parseLong(args[1]);
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    TaskSpec spec =
        TaskSpec.builder()
            .run(folder.toUri().toString(), null)
            .network(NetworkCodec.toBytes(network))
            .identity("heap", new TreeMap<>())
            .dt(1e-4)
            .record(RECORD)
            .steps(steps, Long.parseLong(args[2]))
            .backend("scalar")
            .build();
    RunIdentity run = spec.identity(network);
    CheckpointStore store = new LocalCheckpointStore(folder.resolve("run" + steps));
    RangeCheckpoint checkpoint =
        new RangeCheckpoint(store, run, RangeEntry.fresh(new SampleRange(0, SAMPLES)));
    LiveHeap live = LiveHeap.watch(40);
    try (Simulator simulator =
            new Simulator(
                network,
                Backends.load().named("scalar"),
                Probes.parse(RECORD, network),
                SimulatorOptions.DEFAULT);
        SaveQueue saves = new SaveQueue("saves")) {
      new RangeRun(
              spec,
              store,
              TileEngine.of(simulator, SAMPLES),
              new SelfCheck(0, store, Probes.parse("", network), OutputMetrics.PLAIN),
              saves,
              ScratchRoom.of(spec, network, Probes.parse(RECORD, network)),
              new TimedPieces(() -> false, 1),
              () -> {})
          .run(new RunTrials(spec, network).rows(input()), checkpoint);
      saves.drain();
    }
    System.out.printf(
        Locale.ROOT,
        "peak %d intervals %d collections %d%n",
        live.peak(),
        store.list(RangeFileName.DIRECTORY).size(),
        live.looks());
  }

  private static RangeInput input() throws BadSampleException {
    List<SampleInput> samples = new ArrayList<>();
    for (int n = 0; n < SAMPLES; n++) {
      float[] held = new float[TestNetwork.INPUTS];
      for (int i = 0; i < held.length; i++) {
        held[i] = 1 + ((n + 2 * i) % 5) * 0.3f;
      }
      samples.add(SampleInput.of(n, List.of(Fragment.of(Fragment.values(held))), held.length, 1));
    }
    return new RangeInput(0, samples, List.of());
  }
}
