package org.velella.encoding;

import java.util.stream.Stream;
import org.velella.layer.Scale;
import org.velella.module.Sequential;
import org.velella.neuron.LifNode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
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
            Shape.of(3, 7)),
        new Subject(
            "LatencyEncoder of spikes",
            () -> new Sequential(new PoissonEncoder(), new LatencyEncoder(3)),
            Shape.of(3, 7)),
        new Subject(
            "WeightedPhaseEncoder of halves",
            () ->
                new Sequential(new PoissonEncoder(), new Scale(0.625), new WeightedPhaseEncoder(4)),
            Shape.of(3, 7)),
        new Subject(
            "PeriodicEncoder",
            () ->
                new PeriodicEncoder(
                    NdArrays.toArray(Tensor.of(Shape.of(2, 2), new float[] {1, 0, 0, 1}))),
            Shape.of(3, 2)));
  }
}
