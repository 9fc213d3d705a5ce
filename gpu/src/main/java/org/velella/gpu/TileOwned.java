package org.velella.gpu;

/** A runner that belongs to one tile and holds memory of the device. */
interface TileOwned extends OpRunner, AutoCloseable {
  @Override
  void close();
}
