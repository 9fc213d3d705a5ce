package org.velella.spark;

import java.util.List;
import org.velella.backend.Backends;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.plan.Plan;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/** What the scalar backend makes of a plan, but a test decides what becomes of each chunk. */
public class WatchedProgram implements Program {
  private final Program scalar;
  private final OnChunk onChunk;
  private Runnable onClose = () -> {};

  /** Runs a chunk, or does something else. */
  @FunctionalInterface
  public interface OnChunk {
    /**
     * @param scalar which computes the chunk rightly
     */
    void run(TileRun scalar, Chunk chunk);
  }

  public WatchedProgram(Plan plan, OnChunk onChunk) {
    scalar = Backends.load().named("scalar").compile(plan);
    this.onChunk = onChunk;
  }

  /** The same in chunks that are as short as can be. */
  public static WatchedProgram inShortChunks(Plan plan, OnChunk onChunk) {
    return new WatchedProgram(plan, onChunk) {
      @Override
      public long chunkBytes() {
        return 1;
      }
    };
  }

  @Override
  public TileRun open(TileParameters parameters) {
    return new WatchedRun(scalar.open(parameters), onChunk);
  }

  /** Says what is to happen besides when the program is closed. */
  public WatchedProgram whenClosed(Runnable action) {
    onClose = action;
    return this;
  }

  @Override
  public void close() {
    scalar.close();
    onClose.run();
  }

  private record WatchedRun(TileRun run, OnChunk onChunk) implements TileRun {
    @Override
    public void load(List<Tensor> memories) {
      run.load(memories);
    }

    @Override
    public void run(Chunk chunk) {
      onChunk.run(run, chunk);
    }

    @Override
    public List<Tensor> memories() {
      return run.memories();
    }

    @Override
    public void close() {
      run.close();
    }
  }
}
