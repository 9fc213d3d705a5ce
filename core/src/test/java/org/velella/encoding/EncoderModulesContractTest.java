package org.velella.encoding;

import java.util.stream.Stream;
import org.velella.module.Sequential;
import org.velella.neuron.LifNode;
import org.velella.tensor.Shape;
import org.velella.testkit.MemoryModuleContract;

class EncoderModulesContractTest extends MemoryModuleContract {
  @Override
  protected Stream<Subject> subjects() {
    return Stream.of(
        new Subject("PoissonEncoder", PoissonEncoder::new, Shape.of(3, 7)),
        new Subject("BernoulliEncoder", () -> new BernoulliEncoder(0.25), Shape.of(2, 2, 5)),
        new Subject(
            "PoissonEncoder and LifNode",
            () -> new Sequential(new PoissonEncoder(), new LifNode()),
            Shape.of(3, 7)));
  }
}
