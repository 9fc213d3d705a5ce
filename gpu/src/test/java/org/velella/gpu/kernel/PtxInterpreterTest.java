package org.velella.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.backend.DeviceLostException;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.DeviceStream;
import org.velella.gpu.driver.HostBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.driver.LaunchShape;
import org.velella.gpu.testkit.OnFakeDevice;

/** The device of the fake driver refuses what it should, and computes what PTX says. */
@OnFakeDevice
class PtxInterpreterTest {
  /** Devices that no other test loses. */
  private static int toLose = 12;

  private static String kernel(String... lines) {
    return """
        .version 6.0
        .target sm_50
        .address_size 64
        .visible .entry test(.param .u64 a0)
        .maxntid 64, 1, 1
        {
          .reg .pred %p<4>;
          .reg .b32 %r<8>;
          .reg .b64 %d<4>;
          .reg .f32 %f<8>;
          .shared .align 16 .b8 memory[256];
          ld.param.u64 %d0, [a0];
          mov.u32 %r0, %tid.x;
          mad.wide.u32 %d1, %r0, 4, %d0;
        """
        + String.join("\n", lines)
        + "\n  ret;\n}\n";
  }

  /** What 64 threads leave in an array of as many words. */
  private static int[] run(int device, String... lines) {
    try (CudaDevice opened = CudaDevice.open(device)) {
      DeviceStream stream = opened.stream();
      DeviceBuffer buffer = opened.allocate(256);
      HostBuffer host = opened.pin(256);
      stream.fill(buffer, 0, 7, 64);
      var function = opened.load(kernel(lines)).function("test");
      KernelArguments arguments = new KernelArguments().pointer(buffer, 0);
      stream.launch(function, LaunchShape.of(1, 64), arguments);
      stream.download(buffer, 0, host, 0, 256);
      stream.synchronize();
      int[] words = new int[64];
      host.ints().get(words);
      return words;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add.f32 %f0, %f1, %f2;",
        "add.rn.ftz.f32 %f0, %f1, %f2;",
        "mul.rz.f32 %f0, %f1, %f2;",
        "div.approx.f32 %f0, %f1, %f2;",
        "mad.f32 %f0, %f1, %f2, %f3;",
        "sqrt.approx.f32 %f0, %f1;",
        "ex2.approx.f32 %f0, %f1;",
        "cvt.f32.u32 %f0, %r1;",
        "st.local.b32 [%d1], %r1;"
      })
  void otherInstructionsAreRefusedByNameAndLine(String line) {
    try (CudaDevice device = CudaDevice.open(0)) {
      String name = line.substring(0, line.indexOf(' '));
      assertThatThrownBy(() -> device.load(kernel(line)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("line 15: unknown instruction '" + name + "'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add.s32 %r0, %r1, %r99;",
        "add.s32 %f0, %d1, %r1;",
        "bra NOWHERE;",
        "ld.shared.f32 %f0, [elsewhere];",
        "ld.param.u32 %r1, [a0];"
      })
  void wrongOperandsAreRefused(String line) {
    try (CudaDevice device = CudaDevice.open(0)) {
      assertThatThrownBy(() -> device.load(kernel(line)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("line 15: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "st.global.b32 [%d1+4], %r0;",
        "st.global.b32 [%d1+2], %r0;",
        "st.global.v2.b32 [%d1], {%r0, %r0};",
        "st.shared.b32 [%r0+256], %r0;",
        "setp.lt.u32 %p0, %r0, 5; @%p0 bar.sync 0;",
        "setp.lt.u32 %p0, %r0, 5; @%p0 vote.sync.ballot.b32 %r1, %p0, 0xffffffff;"
      })
  void wrongAccessesAndMissedBarriersLoseTheDevice(String lines) {
    int device = toLose++;
    assertThatExceptionOfType(DeviceLostException.class).isThrownBy(() -> run(device, lines));
  }

  @Test
  void lanesThatPartMeetAgain() {
    int[] words =
        run(
            0,
            "and.b32 %r1, %r0, 3;",
            "mov.b32 %r2, 0;",
            "mov.b32 %r3, 0;",
            "AGAIN:",
            "setp.ge.u32 %p0, %r3, %r1;",
            "@%p0 bra DONE;",
            "add.s32 %r2, %r2, 10;",
            "add.s32 %r3, %r3, 1;",
            "bra AGAIN;",
            "DONE:",
            "setp.eq.u32 %p1, %r1, 2;",
            "vote.sync.ballot.b32 %r4, %p1, 0xffffffff;",
            "xor.b32 %r2, %r2, %r4;",
            "st.global.b32 [%d1], %r2;");
    for (int i = 0; i < words.length; i++) {
      assertThat(words[i]).isEqualTo(i % 4 * 10 ^ 0x44444444);
    }
  }

  /** Warps run one after the other between barriers, so both orders need them. */
  @Test
  void barriersOrderSharedMemory() {
    int[] words =
        run(
            0,
            "mov.u32 %r1, memory;",
            "mad.lo.s32 %r2, %r0, 4, %r1;",
            "st.shared.b32 [%r2], %r0;",
            "bar.sync 0;",
            "sub.s32 %r3, 63, %r0;",
            "mad.lo.s32 %r3, %r3, 4, %r1;",
            "ld.shared.b32 %r4, [%r3];",
            "bar.sync 0;",
            "st.shared.b32 [%r2], %r4;",
            "bar.sync 0;",
            "ld.shared.b32 %r5, [%r3];",
            "shl.b32 %r5, %r5, 8;",
            "or.b32 %r5, %r5, %r4;",
            "st.global.b32 [%d1], %r5;");
    for (int i = 0; i < words.length; i++) {
      assertThat(words[i]).isEqualTo(i << 8 | 63 - i);
    }
  }

  @Test
  void arithmeticIsThatOfADevice() {
    int[] words =
        run(
            0,
            "cvt.rn.f32.u32 %f0, %r0;",
            "mul.rn.f32 %f1, %f0, 0f00000001;",
            "sub.rn.f32 %f2, 0f42080000, %f0;",
            "sqrt.rn.f32 %f2, %f2;",
            "fma.rn.f32 %f3, %f2, %f2, %f1;",
            "st.global.f32 [%d1], %f3;");
    for (int i = 0; i < words.length; i++) {
      float root = (float) Math.sqrt(34f - i);
      float sum = Math.fma(root, root, i * Float.MIN_VALUE);
      int wanted = sum != sum ? 0x7fffffff : Float.floatToRawIntBits(sum);
      assertThat(words[i]).as("lane %d", i).isEqualTo(wanted);
    }
    assertThat(words[33]).isEqualTo(Float.floatToRawIntBits(1f));
  }
}
