package org.velella.backend.vector;

/**
 * The forms of kernels written for layers, projections, learning, encoders and computed input; each
 * is watched apart.
 */
enum KernelForm {
  DENSE_LINEAR("Dense linear layers"),
  EVENT_LINEAR("Event-driven linear layers"),
  DENSE_CONV("Dense convolutions"),
  EVENT_CONV("Event-driven convolutions"),
  POOL("Pooling"),
  SCALE("Scaling"),
  SPARSE("Sparse projections"),
  EQUAL_WEIGHT("Projections of equal weight"),
  DELAYED("Projections with delays"),
  SUMS("Sums of edges"),
  PAIRS("Learning by pairs of spikes"),
  TRIPLETS("Learning by triplets of spikes"),
  REWARDS("Learning with a reward"),
  BERNOULLI("Bernoulli encoders"),
  POISSON("Poisson encoders"),
  NOISE("Noise of computed input");

  private final String label;

  KernelForm(String label) {
    this.label = label;
  }

  /** Its name in the log. */
  String label() {
    return label;
  }
}
