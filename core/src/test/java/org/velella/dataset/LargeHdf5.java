package org.velella.dataset;

import io.jhdf.checksum.JenkinsLookup3HashLittle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Writes an HDF5 file in the layout of SHD, of any number of samples: each list lies in a heap of
 * its own, as those of long recordings do.
 */
final class LargeHdf5 {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final int REFERENCE = 16;
  private static final byte[] FLOAT32 =
      bytes(
          b -> {
            b.putInt(0x1f2011).putInt(4).putShort((short) 0).putShort((short) 32);
            b.put((byte) 23).put((byte) 8).put((byte) 0).put((byte) 23).putInt(127);
          });
  private static final byte[] UINT16 =
      bytes(b -> b.putInt(0x10).putInt(2).putShort((short) 0).putShort((short) 16));

  private final FileChannel file;
  private long end = 48;

  private LargeHdf5(FileChannel file) {
    this.file = file;
  }

  /** Every sample has the spikes 0, 1, … at as many milliseconds, of neuron 0, 1, …, 699, 0, … */
  static void write(Path path, int samples, int spikes) throws IOException {
    write(path, samples, spikes, samples);
  }

  /** As the other, but its datasets claim to have other numbers of samples. */
  static void write(Path path, int samples, int spikes, long claimed) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      new LargeHdf5(channel).write(samples, spikes, claimed);
    }
  }

  private void write(int samples, int spikes, long claimed) throws IOException {
    ByteBuffer seconds = list(spikes * Float.BYTES);
    ByteBuffer units = list(spikes * Short.BYTES);
    for (int i = 0; i < spikes; i++) {
      seconds.putFloat(32 + 4 * i, i / 1000f);
      units.putShort(32 + 2 * i, (short) (i % 700));
    }
    ByteBuffer times = references(samples);
    ByteBuffer neurons = references(samples);
    for (int n = 0; n < samples; n++) {
      times.putInt(spikes).putLong(append(seconds)).putInt(1);
      neurons.putInt(spikes).putLong(append(units)).putInt(1);
    }
    Map<String, Long> lists = new TreeMap<>();
    lists.put("times", dataset(FLOAT32, claimed, samples, append(times.rewind())));
    lists.put("units", dataset(UINT16, claimed, samples, append(neurons.rewind())));
    long root = group(Map.of("spikes", group(lists)));
    long length = end;
    byte[] superblock =
        bytes(
            b -> {
              b.put(SIGNATURE).put((byte) 3).put((byte) 8).put((byte) 8).put((byte) 0);
              b.putLong(0).putLong(-1).putLong(length).putLong(root);
            });
    file.write(ByteBuffer.wrap(checked(superblock)), 0);
  }

  /** A heap with one object of so many bytes, which begin at byte 32. */
  private static ByteBuffer list(int bytes) {
    int room = (bytes + 7) / 8 * 8;
    ByteBuffer heap = ByteBuffer.allocate(32 + room + 16).order(ByteOrder.LITTLE_ENDIAN);
    heap.put("GCOL".getBytes(StandardCharsets.US_ASCII)).putInt(1).putLong(heap.capacity());
    heap.putShort((short) 1).putShort((short) 0).putInt(0).putLong(bytes);
    heap.putLong(32 + room, 0).putLong(40 + room, 16);
    return heap.clear();
  }

  private static ByteBuffer references(int samples) {
    return ByteBuffer.allocate(samples * REFERENCE).order(ByteOrder.LITTLE_ENDIAN);
  }

  private long append(ByteBuffer content) throws IOException {
    long at = (end + 7) / 8 * 8;
    end = at;
    for (ByteBuffer rest = content.duplicate(); rest.hasRemaining(); ) {
      end += file.write(rest, end);
    }
    return at;
  }

  private long dataset(byte[] element, long claimed, int samples, long address) throws IOException {
    byte[] space = bytes(b -> b.putInt(0x01000102).putLong(claimed));
    byte[] type = bytes(b -> b.putInt(0x19).putInt(REFERENCE).put(element));
    byte[] layout = bytes(b -> b.putShort((short) 0x103).putLong(address).putLong(16L * samples));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    message(messages, 1, space);
    message(messages, 3, type);
    message(messages, 5, new byte[] {3, 10});
    message(messages, 8, layout);
    return header(messages);
  }

  private long group(Map<String, Long> members) throws IOException {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    message(messages, 2, bytes(b -> b.putShort((short) 0).putLong(-1).putLong(-1)));
    message(messages, 10, new byte[2]);
    for (Map.Entry<String, Long> each : members.entrySet()) {
      byte[] name = each.getKey().getBytes(StandardCharsets.UTF_8);
      byte[] link =
          bytes(
              b -> {
                b.put((byte) 1).put((byte) 0x10).put((byte) 1).put((byte) name.length);
                b.put(name).putLong(each.getValue());
              });
      message(messages, 6, link);
    }
    return header(messages);
  }

  private static void message(ByteArrayOutputStream to, int type, byte[] data) {
    to.writeBytes(
        bytes(b -> b.put((byte) type).putShort((short) data.length).put((byte) 0).put(data)));
  }

  private long header(ByteArrayOutputStream messages) throws IOException {
    byte[] all =
        bytes(
            b -> {
              b.put("OHDR".getBytes(StandardCharsets.US_ASCII)).put((byte) 2).put((byte) 2);
              b.putInt(messages.size()).put(messages.toByteArray());
            });
    return append(ByteBuffer.wrap(checked(all)));
  }

  private static byte[] checked(byte[] content) {
    return bytes(b -> b.put(content).putInt(JenkinsLookup3HashLittle.hash(content)));
  }

  private static byte[] bytes(Consumer<ByteBuffer> content) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 10).order(ByteOrder.LITTLE_ENDIAN);
    content.accept(buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
