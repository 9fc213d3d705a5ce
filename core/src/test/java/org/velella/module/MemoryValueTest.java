package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.module.TestModules.row;
import static org.velella.module.TestModules.tensor;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class MemoryValueTest {
  @Test
  void numbersKeepTheirKindAndWidth() {
    assertThat(MemoryValue.scalar(0.1).kind()).isEqualTo(MemoryValue.Kind.SCALAR);
    assertThat(MemoryValue.scalar(0.1).tensor().dtype()).isEqualTo(DType.FLOAT64);
    assertThat(MemoryValue.scalar(0.1).array().getDouble(0)).isEqualTo(0.1);
    long big = (1L << 53) + 1;
    assertThat(MemoryValue.integer(big).array().getLong(0)).isEqualTo(big);
    assertThat(MemoryValue.integer(big).array().dataType()).isEqualTo(DataType.INT64);
    assertThat(MemoryValue.integer(3).number()).isEqualTo(3);
    assertThat(tensor(2.5f).number()).isEqualTo(2.5);
  }

  @ParameterizedTest
  @EnumSource
  void everySupportedTypeIsAMemory(DType dtype) {
    Tensor ones = Values.filled(dtype, Shape.of(2, 3), 1);
    MemoryValue value = MemoryValue.tensor(NdArrays.toArray(ones));
    assertThat(value.tensor().bitEquals(ones)).isTrue();
    assertThat(value.array().dataType()).isEqualTo(NdArrays.dataType(dtype));
    assertThat(value).hasToString("a tensor of " + dtype + " [2, 3]");
  }

  @Test
  void equalityIsByBitsWithOneNan() {
    assertThat(tensor(1, Float.NaN)).isEqualTo(tensor(1, -Float.NaN)).isNotEqualTo(tensor(1, 2));
    assertThat(tensor(0f)).isNotEqualTo(tensor(-0f));
    assertThat(tensor(1)).isNotEqualTo(MemoryValue.tensor(Nd4j.createFromArray(1.0)));
    assertThat(tensor(1)).hasSameHashCodeAs(tensor(1));
    assertThat(MemoryValue.queue(List.of(row(1), row(2))))
        .isEqualTo(MemoryValue.queue(List.of(row(1), row(2))))
        .hasSameHashCodeAs(MemoryValue.queue(List.of(row(1), row(2))))
        .isNotEqualTo(MemoryValue.queue(List.of(row(1), row(3))))
        .isNotEqualTo(MemoryValue.queue(List.of(row(1))));
  }

  @Test
  void queueIsACopy() {
    INDArray oldest = row(1);
    MemoryValue queue = MemoryValue.queue(List.of(oldest));
    oldest.addi(5);
    queue.arrays().get(0).addi(5);
    assertThat(queue.arrays().get(0).getFloat(0)).isEqualTo(1);
  }

  @Test
  void tensorIsACopy() {
    Tensor given = Tensor.of(Shape.of(2), new float[] {1, 2});
    MemoryValue value = MemoryValue.tensor(given);
    given.floats()[0] = 9;
    assertThat(value).isEqualTo(tensor(1, 2));
  }

  @Test
  void askingForSomethingElseSaysWhatIsThere() {
    assertThatThrownBy(() -> MemoryValue.empty().array()).hasMessageContaining("is empty");
    assertThatThrownBy(() -> MemoryValue.queue(List.of()).tensor())
        .hasMessageContaining("queue of 0");
    assertThatThrownBy(() -> tensor(1, 2).number()).hasMessageContaining("[2]");
    assertThatThrownBy(() -> MemoryValue.empty().number()).hasMessageContaining("empty");
    assertThatThrownBy(() -> MemoryValue.scalar(1).arrays()).hasMessageContaining("scalar 1.0");
  }

  @Test
  void numberSpreadsOverAnyShapeAndTensorMustFit() {
    MemoryValue filled = MemoryValue.scalar(0.1).like("v", Nd4j.zeros(DataType.FLOAT, 2, 2));
    assertThat(filled.tensor().floats()).containsOnly(0.1f).hasSize(4);
    assertThat(MemoryValue.integer(3).like("v", Nd4j.createFromArray(true, false)))
        .isEqualTo(tensor(3, 3));
    assertThat(filled.like("v", Nd4j.zeros(DataType.FLOAT, 2, 2))).isSameAs(filled);
    assertThatThrownBy(() -> filled.like("v", row(1, 2, 3, 4)))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining("'v'")
        .hasMessageContaining("[2, 2]")
        .hasMessageContaining("[4]");
  }
}
