package org.velella.encoding;

import java.util.List;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.OperationModule;

/** A {@link CycleOperation} as a module. */
abstract class CycleEncoder extends OperationModule {
  CycleEncoder(CycleOperation operation) {
    super(
        operation,
        List.of(
            new NamedMemory(CycleOperation.CODE, MemoryValue.scalar(Double.NaN)),
            new NamedMemory(CycleOperation.PLACE, MemoryValue.integer(0))));
  }
}
