package org.velella.gpu.driver;

/** Device code for the tests of the driver room, written by hand. */
final class TestKernels {
  private static final String HEAD =
      """
      .version 6.0
      .target sm_50
      .address_size 64
      """;

  /** {@code out[i] = factor * i + offset}, for the i below count. */
  static final String AFFINE =
      HEAD
          + """
          .visible .entry affine(
            .param .u64 out,
            .param .u32 count,
            .param .f32 factor,
            .param .u64 offset
          )
          {
            .reg .pred %p<1>;
            .reg .b32 %r<5>;
            .reg .f32 %f<3>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd0, [out];
            ld.param.u32 %r0, [count];
            ld.param.f32 %f0, [factor];
            ld.param.u64 %rd1, [offset];
            mov.u32 %r1, %ctaid.x;
            mov.u32 %r2, %ntid.x;
            mov.u32 %r3, %tid.x;
            mad.lo.u32 %r4, %r1, %r2, %r3;
            setp.ge.u32 %p0, %r4, %r0;
            @%p0 bra DONE;
            cvt.rn.f32.u32 %f1, %r4;
            mul.rn.f32 %f1, %f0, %f1;
            cvt.u32.u64 %r1, %rd1;
            cvt.rn.f32.u32 %f2, %r1;
            add.rn.f32 %f1, %f1, %f2;
            mul.wide.u32 %rd2, %r4, 4;
            add.u64 %rd3, %rd0, %rd2;
            st.global.f32 [%rd3], %f1;
          DONE:
            ret;
          }
          """;

  /** Writes a word to an address. */
  static final String STRAY =
      HEAD
          + """
          .visible .entry stray(
            .param .u64 out
          )
          {
            .reg .b32 %r<1>;
            .reg .b64 %rd<1>;
            ld.param.u64 %rd0, [out];
            mov.u32 %r0, 7;
            st.global.u32 [%rd0], %r0;
            ret;
          }
          """;

  static final String WRONG = HEAD + "nonsense\n";

  private TestKernels() {}
}
