package org.velella.simulate;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.layer.AvgPool2d;
import org.velella.layer.Conv2d;
import org.velella.layer.ConvOptions;
import org.velella.layer.Flatten;
import org.velella.layer.Linear;
import org.velella.layer.VotingLayer;
import org.velella.module.Module;
import org.velella.module.MultiStepContainer;
import org.velella.module.Sequential;
import org.velella.network.ElementWiseRecurrentContainer;
import org.velella.network.LinearRecurrentContainer;
import org.velella.network.NetworkModule;
import org.velella.network.PlasticContainer;
import org.velella.network.PopulationEncoder;
import org.velella.neuron.Activation;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.CubaLifNode;
import org.velella.neuron.Decoding;
import org.velella.neuron.EifNode;
import org.velella.neuron.EquationNode;
import org.velella.neuron.GatedLifNode;
import org.velella.neuron.HalfThresholdIfNode;
import org.velella.neuron.IfNode;
import org.velella.neuron.IlifNode;
import org.velella.neuron.InputDecay;
import org.velella.neuron.IzhikevichNode;
import org.velella.neuron.KlifNode;
import org.velella.neuron.LiafNode;
import org.velella.neuron.LifNode;
import org.velella.neuron.MaskedPsn;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NirModels;
import org.velella.neuron.NonSpikingIfNode;
import org.velella.neuron.NonSpikingLifNode;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ParametricLifNode;
import org.velella.neuron.QifNode;
import org.velella.neuron.ScaleReset;
import org.velella.neuron.ShortTermPlasticity;
import org.velella.neuron.SlidingPsn;
import org.velella.neuron.SynapseFilter;
import org.velella.neuron.ThresholdRelated;
import org.velella.population.Population;
import org.velella.population.PopulationNetwork;
import org.velella.population.Projection;
import org.velella.population.Rule;
import org.velella.population.ShortTerm;
import org.velella.population.Values;
import org.velella.synapse.Connectivity;
import org.velella.synapse.Delay;
import org.velella.synapse.DelayedProjection;
import org.velella.synapse.LearningRule;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.MstdpetRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.PlasticWindow;
import org.velella.synapse.StdpRule;
import org.velella.synapse.TripletStdpRule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryModuleContract;
import org.velella.testkit.TestLearning;

/** The laws of memories hold for every built-in node, for NIR's models, and for nets of them. */
class BuiltInModulesContractTest extends MemoryModuleContract {
  private static final Shape STEP = Shape.of(2, 3);

  private static Subject node(String name, Supplier<Module> fresh) {
    return new Subject(name, fresh, STEP);
  }

  private static Subject nir(NeuronModel model) {
    return node(model.name(), () -> new EquationNode(model.text()));
  }

  @Override
  protected Stream<Subject> subjects() {
    return Stream.of(nodes(), nirModels(), nets()).flatMap(subjects -> subjects);
  }

  private static Stream<Subject> nodes() {
    return Stream.of(
        node("if", IfNode::new),
        node("if soft", () -> IfNode.builder().softReset().build()),
        node("lif", LifNode::new),
        node("lif undecayed", () -> LifNode.builder().decayInput(InputDecay.OFF).build()),
        node("plif", () -> ParametricLifNode.builder().initTau(3).softReset().build()),
        node("qif", QifNode::new),
        node("eif", EifNode::new),
        node("izhikevich", () -> IzhikevichNode.builder().a(0.1).b(0.2).build()),
        node("klif", () -> KlifNode.builder().k(2).scaleReset(ScaleReset.ON).build()),
        node("cuba", CubaLifNode::new),
        node("ilif", IlifNode::new),
        node("half threshold", HalfThresholdIfNode::new),
        node("liaf", () -> new LiafNode(Activation.TANH, ThresholdRelated.OFF)),
        node("synapse filter", () -> new SynapseFilter(4)),
        node("trained filter", () -> SynapseFilter.trained(ParameterValue.of(-1.5))),
        node("short term", () -> new ShortTermPlasticity(0.3, 20, 5)),
        node("readout", () -> new NonSpikingIfNode(Decoding.LARGEST)),
        node("leaky readout", () -> new NonSpikingLifNode(Decoding.MEAN)),
        node("sliding psn", () -> new SlidingPsn(3)),
        node("masked psn", BuiltInModulesContractTest::masked),
        node("gated lif", () -> GatedLifNode.builder(4).build()),
        node("per neuron", BuiltInModulesContractTest::perNeuron),
        node("delay", () -> new Delay(2)),
        node("delay of each", () -> new Delay(new int[] {0, 3, 1})),
        node("delayed projection", BuiltInModulesContractTest::delayed));
  }

  private static Module delayed() {
    Connectivity synapses = new Connectivity(4, new int[] {0, 2, 3, 5}, new int[] {0, 3, 1, 0, 2});
    float[] weights = {0.3f, -0.7f, 1.1f, 0.9f, 0.2f};
    return new DelayedProjection(synapses, weights, new int[] {1, 3, 0, 2, 3});
  }

  private static Module masked() {
    return new MaskedPsn(3, weights(64, 64), weights(1, 64));
  }

  private static Module perNeuron() {
    double[] resets = {-0.5, 0, 0.25};
    return LifNode.builder().parameter("v_reset", ParameterValue.of(Shape.of(3), resets)).build();
  }

  private static Stream<Subject> nirModels() {
    return Stream.of(
        nir(NirModels.integrator()),
        nir(NirModels.leakyIntegrator()),
        nir(NirModels.integrateAndFire()),
        nir(NirModels.lif()),
        nir(NirModels.cubaLeakyIntegrator()),
        nir(NirModels.cubaLif()),
        nir(NirModels.threshold()));
  }

  private static Stream<Subject> nets() {
    return Stream.of(
        node("linear net", BuiltInModulesContractTest::linearNet),
        node("linear recurrence", BuiltInModulesContractTest::linearRecurrence),
        node("recurrence", () -> new ElementWiseRecurrentContainer(new LifNode(), 3)),
        node("stdp", () -> plastic(StdpRule.of(4, 3).rate(0.1f).bounds(-0.5f, 1.5f))),
        node("triplets", () -> plastic(TripletStdpRule.VISUAL_CORTEX)),
        new Subject("stdp of a kernel", BuiltInModulesContractTest::kernel, Shape.of(2, 1, 3, 4)),
        new Subject("stdp of rows", BuiltInModulesContractTest::rows, Shape.of(2, 3, 3)),
        new Subject("mstdp of rows", BuiltInModulesContractTest::rewarded, Shape.of(2, 8)),
        new Subject("sparse stdp", BuiltInModulesContractTest::sparse, Shape.of(2, 3)),
        new Subject("stdp behind taps", BuiltInModulesContractTest::taps, Shape.of(2, 3)),
        new Subject("mstdpet", () -> plastic(MstdpetRule.of(4, 3, 5)), Shape.of(2, 4)),
        node("population", () -> new PopulationEncoder(3, 4, -1, 2, 0.5).deterministic()),
        node("vote", () -> new Sequential(new CubaLifNode(), new VotingLayer(3))),
        new Subject("image net", BuiltInModulesContractTest::imageNet, Shape.of(2, 1, 4, 4)),
        node("container", () -> new MultiStepContainer(linearNet(), new IfNode())));
  }

  private static Module linearNet() {
    return new Sequential(
        new Linear(weights(4, 3), Nd4j.createFromArray(0.1f, 0.2f, 0.3f, 0.4f)),
        new LifNode(),
        new Sequential(new Linear(weights(2, 4)), new CubaLifNode()));
  }

  private static Module linearRecurrence() {
    return new LinearRecurrentContainer(new CubaLifNode(), weights(3, 6), null);
  }

  private static Module plastic(LearningRule rule) {
    return new PlasticContainer(weights(2, 3), new LifNode(), rule);
  }

  private static Module rows() {
    StdpRule rule = StdpRule.of(4, 3).rate(0.1f).bounds(-0.5f, 1.5f);
    return new PlasticContainer(3, weights(2, 3), new LifNode(), rule);
  }

  private static Module rewarded() {
    return new PlasticContainer(2, weights(2, 3), new LifNode(), MstdpRule.of(4, 3).rate(0.1f));
  }

  private static Module sparse() {
    Connectivity synapses = new Connectivity(4, new int[] {0, 2, 3, 5}, new int[] {0, 3, 1, 0, 2});
    float[] weights = {0.3f, -0.4f, 1.1f, 0.9f, 0.2f};
    StdpRule rule = StdpRule.of(4, 3).rate(0.1f).bounds(-0.5f, 1.5f);
    return new NetworkModule(
        TestLearning.taughtByItsNeurons(
            new PlasticOperation(
                Shape.of(3), Shape.of(4), synapses, Tensor.of(Shape.of(5), weights), rule)));
  }

  /** With short-term plasticity, in a cycle, and delays beyond the steps of the sequence. */
  private static Module taps() {
    NeuronModel lif = BuiltInModels.named("lif");
    Projection there =
        Projection.of("there", "p", "q", Rule.allToAll())
            .weight(Values.listed(0.5, 1.25, 2, 0.75, 1.5, 0.25))
            .delay(Values.listed(1, 9, 3, 2, 4, 3))
            .shortTerm(ShortTerm.of(0.4, 5, 3));
    Projection back =
        Projection.of("back", "q", "p", Rule.allToAll())
            .weight(0.5)
            .delay(Values.listed(2, 1, 1, 3, 2, 2));
    StdpRule rule = StdpRule.of(4, 3).rate(0.1f);
    return new NetworkModule(
        PopulationNetwork.builder(1)
            .input("kicks", 3)
            .population(Population.of("p", 3, lif))
            .population(Population.of("q", 2, lif))
            .projection(Projection.of("kick", "kicks", "p", Rule.oneToOne()).weight(3))
            .projection(there.plasticity(rule))
            .projection(back.plasticity(rule))
            .build()
            .network());
  }

  private static Module kernel() {
    return new PlasticContainer(
        Shape.of(1, 3, 4),
        weights(2, 6).reshape(2, 1, 2, 3),
        PlasticWindow.image(1),
        new LifNode(),
        StdpRule.of(4, 3).rate(0.1f).bounds(-0.5f, 1.5f));
  }

  private static Module imageNet() {
    return new Sequential(
        new Conv2d(weights(2, 9).reshape(2, 1, 3, 3), ConvOptions.DEFAULT.withPadding(1)),
        new IfNode(),
        new AvgPool2d(2),
        new Flatten(),
        new Linear(weights(2, 8)),
        new ParametricLifNode());
  }

  /** Weights of both signs that are not round numbers. */
  private static INDArray weights(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.floorMod(i * 37, 23) / 17 - 0.4f;
    }
    return Nd4j.createFromArray(values).reshape(rows, columns);
  }
}
