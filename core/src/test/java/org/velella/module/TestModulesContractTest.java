package org.velella.module;

import java.util.stream.Stream;
import org.velella.module.TestModules.Accumulator;
import org.velella.module.TestModules.Counter;
import org.velella.module.TestModules.Delay;
import org.velella.module.TestModules.IntegrateAndFire;
import org.velella.module.TestModules.Outer;
import org.velella.module.TestModules.Scale;
import org.velella.module.TestModules.StepCounter;
import org.velella.tensor.Shape;
import org.velella.testkit.MemoryModuleContract;

/** The contract on modules of every kind: pure, self-changing, nested, shared, containers. */
class TestModulesContractTest extends MemoryModuleContract {
  @Override
  protected Stream<Subject> subjects() {
    return Stream.of(
        new Subject("accumulator", () -> new Accumulator(0.25), Shape.of(2, 3)),
        new Subject("integrate and fire", IntegrateAndFire::new, Shape.of(4)),
        new Subject("seed's counter", Counter::new, Shape.of(2, 3)),
        new Subject("step counter", StepCounter::new, Shape.of(1, 2)),
        new Subject("queue", Delay::new, Shape.of(3)),
        new Subject("stateless", () -> new Scale(2), Shape.of(3)),
        new Subject("container", TestModulesContractTest::container, Shape.of(2, 2)),
        new Subject("sequential", TestModulesContractTest::sequential, Shape.of(2, 2)),
        new Subject("shared", TestModulesContractTest::shared, Shape.of(3)),
        new Subject("outer and inner", Outer::new, Shape.of(2)));
  }

  private static Module container() {
    return new Sequential(
        new MultiStepContainer(new Accumulator(), new IntegrateAndFire(3)),
        new SeqToAnnContainer(new Scale(2)),
        new MultiStepContainer(new Sequential(new IntegrateAndFire())));
  }

  private static Module sequential() {
    return new Sequential(
        new IntegrateAndFire(), new Scale(0.75f), new Sequential(new Accumulator(), new Delay()));
  }

  private static Module shared() {
    Accumulator once = new Accumulator();
    return new Sequential(new Sequential(once), new Scale(0.5f));
  }
}
