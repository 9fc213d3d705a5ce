package org.velella.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.velella.testkit.SeededExtension;

class NdArraysTest {
  private static final INDArray TWO_BY_THREE =
      Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});

  @Test
  void transposedArrayIsReadRowMajor() {
    Tensor tensor = NdArrays.toTensor(TWO_BY_THREE.transpose());
    assertThat(tensor.shape()).isEqualTo(Shape.of(3, 2));
    assertThat(tensor.floats()).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void columnOfAnArrayIsReadWithItsStride() {
    assertThat(NdArrays.toTensor(TWO_BY_THREE.getColumn(1)).floats()).containsExactly(2, 5);
  }

  @Test
  void rowOfAnArrayIsReadFromItsOffset() {
    assertThat(NdArrays.toTensor(TWO_BY_THREE.getRow(1)).floats()).containsExactly(4, 5, 6);
  }

  @Test
  void everySecondElementIsReadWithItsStride() {
    INDArray view = TWO_BY_THREE.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 3));
    Tensor tensor = NdArrays.toTensor(view);
    assertThat(tensor.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(tensor.floats()).containsExactly(1, 3, 4, 6);
  }

  @Test
  void fortranOrderedArrayIsReadRowMajor() {
    assertThat(NdArrays.toTensor(TWO_BY_THREE.dup('f')).floats()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @ParameterizedTest
  @EnumSource
  @ExtendWith(SeededExtension.class)
  void roundTripKeepsTypeShapeAndBits(DType dtype, SplittableRandom random) {
    for (Shape shape : new Shape[] {Shape.SCALAR, Shape.of(5), Shape.of(2, 1, 3, 4)}) {
      Tensor tensor = random(dtype, shape, random);
      INDArray array = NdArrays.toArray(tensor);
      assertThat(array.dataType()).isEqualTo(NdArrays.dataType(dtype));
      assertThat(array.shape()).isEqualTo(shape.toLongArray());
      assertThat(NdArrays.toTensor(array).bitEquals(tensor)).isTrue();
    }
  }

  private static Tensor random(DType dtype, Shape shape, SplittableRandom random) {
    Tensor tensor = Tensor.zeros(dtype, shape);
    for (int i = 0; i < tensor.size(); i++) {
      switch (dtype) {
        case FLOAT32 -> tensor.floats()[i] = Float.intBitsToFloat(random.nextInt());
        case FLOAT64 -> tensor.doubles()[i] = random.nextDouble() - 0.5;
        case INT32 -> tensor.ints()[i] = random.nextInt();
        case INT64 -> tensor.longs()[i] = random.nextLong();
        case UINT8 -> tensor.bytes()[i] = (byte) random.nextInt();
        case BOOL -> tensor.bytes()[i] = (byte) random.nextInt(2);
      }
    }
    return tensor;
  }

  @Test
  void elementsArriveAtTheirIndices() {
    INDArray longs = NdArrays.toArray(Tensor.of(Shape.of(2, 2), new long[] {1L << 40, 2, 3, -4}));
    assertThat(longs.getLong(0, 0)).isEqualTo(1L << 40);
    assertThat(longs.getLong(1, 1)).isEqualTo(-4);
  }

  @Test
  void copiesShareNothing() {
    INDArray array = TWO_BY_THREE.dup();
    Tensor tensor = NdArrays.toTensor(array);
    array.putScalar(0, 99f);
    assertThat(tensor.floats()[0]).isEqualTo(1);
    INDArray back = NdArrays.toArray(tensor);
    tensor.floats()[0] = 77;
    assertThat(back.getFloat(0)).isEqualTo(1);
  }

  @Test
  void arraysWithoutElementsKeepTheirShape() {
    Tensor none = Tensor.zeros(DType.FLOAT32, Shape.of(0, 3));
    INDArray array = NdArrays.toArray(none);
    assertThat(array.shape()).containsExactly(0, 3);
    assertThat(NdArrays.toTensor(array).shape()).isEqualTo(Shape.of(0, 3));
    assertThat(NdArrays.shape(Nd4j.empty(DataType.FLOAT))).isEqualTo(Shape.of(0));
  }

  @Test
  void unsupportedTypeIsRefusedByName() {
    assertThatThrownBy(() -> NdArrays.toTensor(Nd4j.create(DataType.FLOAT16, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HALF")
        .hasMessageContaining("castTo");
  }
}
