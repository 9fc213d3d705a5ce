package org.velella.spark.task;

import java.nio.IntBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.velella.simulate.TileInput;

/**
 * The inputs of tiles that go on from step to step, kept from one piece of a run to the next: made
 * anew, each would have to come from step 0 to where the piece begins. Of no more rows than there
 * are, those used last.
 */
final class GoingInputs {
  private final int mostRows;
  private final Map<IntBuffer, TileInput> inputs = new LinkedHashMap<>(16, 0.75f, true);
  private long rows;

  GoingInputs(int mostRows) {
    this.mostRows = mostRows;
  }

  /**
   * The input of some rows.
   *
   * @param places that tell the rows; not changed afterwards
   * @param maker makes it
   */
  TileInput of(int[] places, Supplier<TileInput> maker) {
    IntBuffer key = IntBuffer.wrap(places);
    TileInput kept = inputs.get(key);
    if (kept != null) {
      return kept;
    }
    TileInput input = maker.get();
    if (input.goesOn()) {
      inputs.put(key, input);
      rows += places.length;
      Iterator<IntBuffer> oldest = inputs.keySet().iterator();
      while (rows > mostRows) {
        rows -= oldest.next().remaining();
        oldest.remove();
      }
    }
    return input;
  }
}
