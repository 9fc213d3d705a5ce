package org.velella.encoding;

/** How an encoder draws; part of what it computes, since the two give different spikes. */
public enum Sampling {
  /** One number per element: it fires where the number is below its rate. */
  DENSE,
  /** Numbers tell how many elements to skip; cheap where rates are low. */
  SKIP
}
