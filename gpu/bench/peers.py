#!/usr/bin/env python3
"""Measures the work of GpuBench with PyTorch, CuPy and Triton, whichever are installed.

One line of JSON per figure on standard output, what failed on standard error. Every result is
checked: all LIF implementations must find the same number of spikes, which GpuBench compares with
its own, and matrix products are compared with float64 at a few places.
"""
import json
import statistics
import sys

QUICK = "--quick" in sys.argv
REPEATS = 5 if QUICK else 20

# The same in GpuBench.
STEPS, NEURONS = 128, 1 << 20
TAU, THRESHOLD, RESET = 2.0, 1.0, 0.0
ROWS, INPUTS, OUTPUTS = 16384, 4096, 4096


def emit(benchmark, who, **values):
    print(json.dumps({"benchmark": benchmark, "who": who, **values}), flush=True)


def failed(what, error):
    print(f"peers.py: {what}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


def seconds(torch, work):
    """The median time that the device needs, after two rounds that do not count."""
    for _ in range(2):
        work()
    times = []
    for _ in range(REPEATS):
        begin = torch.cuda.Event(enable_timing=True)
        end = torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) * 1e-3)
    return statistics.median(times)


def hashed(torch, count, start=0):
    """Numbers in [0, 1), exact in float32, that GpuBench makes likewise."""
    index = torch.arange(start, start + count, dtype=torch.int64, device="cuda")
    return (((index * 2654435761) & 0xFFFFFFFF) >> 8).to(torch.float32) * 2.0**-24


def lif_input(torch):
    x = torch.empty((STEPS, NEURONS), dtype=torch.float32, device="cuda")
    for t in range(STEPS):
        x[t] = hashed(torch, NEURONS, t * NEURONS) * 2.0
    return x


def copy(torch):
    source = torch.ones(1 << 28, dtype=torch.float32, device="cuda")
    target = torch.empty_like(source)
    time = seconds(torch, lambda: target.copy_(source))
    emit("copy", "torch", seconds=time, bytes=2 * source.numel() * 4)


def lif_torch(torch, x):
    spikes = torch.empty_like(x)

    def work():
        v = torch.full((NEURONS,), RESET, device="cuda")
        for t in range(STEPS):
            h = v + (x[t] - (v - RESET)) / TAU
            s = (h >= THRESHOLD).to(torch.float32)
            v = (1.0 - s) * h + s * RESET
            spikes[t] = s

    time = seconds(torch, work)
    emit("lif", "torch loop", seconds=time, spikes=int(torch.count_nonzero(spikes)))


CUDA = r"""
extern "C" __global__ void lif(const float* x, float* spikes, float* before, float* after,
                               float decay, float threshold, float reset, int neurons, int steps) {
  int neuron = blockIdx.x * blockDim.x + threadIdx.x;
  if (neuron >= neurons) {
    return;
  }
  float v = reset;
  for (int step = 0; step < steps; step++) {
    int at = step * neurons + neuron;
    float h = v + decay * (x[at] - (v - reset));
    bool fires = h >= threshold;
    before[at] = h;
    spikes[at] = fires ? 1.0f : 0.0f;
    v = fires ? reset : h;
    after[at] = v;
  }
}
"""


def lif_cupy(torch, x):
    import cupy
    import numpy

    kernel = cupy.RawKernel(CUDA, "lif")
    outputs = [torch.empty_like(x) for _ in range(3)]
    pointers = [cupy.asarray(a) for a in [x] + outputs]
    arguments = tuple(pointers) + (
        numpy.float32(1 / TAU), numpy.float32(THRESHOLD), numpy.float32(RESET),
        numpy.int32(NEURONS), numpy.int32(STEPS))
    stream = cupy.cuda.ExternalStream(torch.cuda.current_stream().cuda_stream)
    best = None
    for threads in (128, 256, 512, 1024):
        def work():
            with stream:
                kernel(((NEURONS + threads - 1) // threads,), (threads,), arguments)

        time = seconds(torch, work)
        best = time if best is None else min(best, time)
    emit("lif", "cupy fused", seconds=best, spikes=int(torch.count_nonzero(outputs[0])),
         bytes=4 * x.numel() * 4)


def lif_triton(torch, x):
    import importlib.util
    import os
    import tempfile

    # Triton reads the source of its kernels from a file.
    source = '''
import triton
import triton.language as tl


@triton.jit
def lif(x, spikes, before, after, decay, threshold, reset, neurons, steps, BLOCK: tl.constexpr):
    neuron = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = neuron < neurons
    v = tl.zeros((BLOCK,), dtype=tl.float32) + reset
    for step in range(steps):
        at = step * neurons + neuron
        value = tl.load(x + at, mask=inside, other=0.0)
        h = v + decay * (value - (v - reset))
        fires = h >= threshold
        tl.store(before + at, h, mask=inside)
        tl.store(spikes + at, fires.to(tl.float32), mask=inside)
        v = tl.where(fires, reset, h)
        tl.store(after + at, v, mask=inside)
'''
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lif_in_triton.py")
        with open(path, "w") as file:
            file.write(source)
        spec = importlib.util.spec_from_file_location("lif_in_triton", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        outputs = [torch.empty_like(x) for _ in range(3)]
        best = None
        for block in (128, 256, 512, 1024):
            def work():
                module.lif[((NEURONS + block - 1) // block,)](
                    x, *outputs, 1 / TAU, THRESHOLD, RESET, NEURONS, STEPS, BLOCK=block)

            time = seconds(torch, work)
            best = time if best is None else min(best, time)
    emit("lif", "triton fused", seconds=best, spikes=int(torch.count_nonzero(outputs[0])),
         bytes=4 * x.numel() * 4)


def matmul(torch, name, share):
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.set_float32_matmul_precision("highest")
    a = hashed(torch, ROWS * INPUTS).reshape(ROWS, INPUTS)
    a = a - 0.5 if share is None else (a < share).to(torch.float32)
    w = (hashed(torch, OUTPUTS * INPUTS, 7).reshape(OUTPUTS, INPUTS) - 0.5) * 2.0**-5
    out = torch.empty((ROWS, OUTPUTS), device="cuda")
    wt = w.t()
    time = seconds(torch, lambda: torch.matmul(a, wt, out=out))
    exact = a[:8].double() @ w.double().t()
    error = float((out[:8].double() - exact).abs().max())
    emit(name, "torch.matmul float32", seconds=time, flops=2 * ROWS * INPUTS * OUTPUTS,
         largest_error=error, checked=error < 1e-3)


def main():
    try:
        import torch
    except ImportError as error:
        failed("PyTorch", error)
        return
    if not torch.cuda.is_available():
        print("peers.py: PyTorch sees no CUDA device", file=sys.stderr)
        return
    versions = {"torch": torch.__version__}
    for name in ("cupy", "triton"):
        try:
            versions[name] = __import__(name).__version__
        except Exception as error:
            failed(name, error)
    emit("versions", "peers", device=torch.cuda.get_device_name(0), **versions)
    parts = [("copy", lambda: copy(torch))]
    try:
        x = lif_input(torch)
        parts += [
            ("LIF in PyTorch", lambda: lif_torch(torch, x)),
            ("LIF in CuPy", lambda: lif_cupy(torch, x)),
            ("LIF in Triton", lambda: lif_triton(torch, x)),
        ]
    except Exception as error:
        failed("input of LIF", error)
    parts += [
        ("linear", lambda: matmul(torch, "linear", None)),
        ("linear of spikes", lambda: matmul(torch, "spike-linear", 0.05)),
    ]
    for name, part in parts:
        try:
            part()
        except Exception as error:
            failed(name, error)


main()
