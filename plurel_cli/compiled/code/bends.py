"""Activations, each a loop over numbers, as `plurel_cli.features.activations` defines them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from plurel_cli.compiled.code import scalars
from plurel_cli.compiled.code.machine import Singles, apart, bits, inlined, single
from plurel_cli.compiled.code.scalars import HALF, ONE, TWO, ZERO, clipped

_HIGHEST, _LOWEST = np.finfo(np.float32).max, np.finfo(np.float32).min
_MINUS_ONE, _THREE, _SIX, _SIXTH = (np.float32(number) for number in (-1.0, 3.0, 6.0, 1 / 6))
_MINUS_HALF = np.float32(-0.5)
_MISH_HIGHEST, _GELU_HIGHEST = np.float32(20.0), np.float32(16.0)
_GELU_C, _TWO_GELU_C = np.float32(3.2), np.float32(2.0) * np.float32(3.2)
_GELU = tuple(
    np.float32(power)
    for power in (
        -0.004322725391538235,
        0.013890816809916039,
        0.051805858924791226,
        0.125298852484549,
        0.1983425862720047,
        0.11498462332502614,
    )
)
_STRAIGHT = np.float32(1e4)
_SELU_SCALE = np.float32(1.0507009873554804934193349852946)
_SELU_BELOW = np.float32(1.0507009873554804934193349852946 * 1.6732632423543772848170429916717)
_SELU_HIGHEST = _HIGHEST / _SELU_SCALE
_LEAKY, _RRELU = np.float32(0.01), np.float32((1 / 8 + 1 / 3) / 2)
_SIGN = np.int32(-(1 << 31))


@inlined
def _identity(x: np.float32) -> np.float32:
    return x


@inlined
def _silu(x: np.float32) -> np.float32:
    return x * scalars.logistic(x)


@inlined
def _mish(x: np.float32) -> np.float32:
    exponential = scalars.exp(clipped(x, _LOWEST, _MISH_HIGHEST))
    gate = (exponential + TWO) * exponential
    return x * (gate / (gate + TWO))


@inlined
def _gelu(x: np.float32) -> np.float32:
    size = clipped(abs(x), ZERO, _GELU_HIGHEST)
    t = _TWO_GELU_C / (size + _GELU_C) - ONE
    tail = t * _GELU[0]
    tail = (tail + _GELU[1]) * t
    tail = (tail + _GELU[2]) * t
    tail = (tail + _GELU[3]) * t
    tail = (tail + _GELU[4]) * t
    tail = (tail + _GELU[5]) * size
    return clipped(x, ZERO, _HIGHEST) - tail * scalars.exp(size * size * _MINUS_HALF)


@inlined
def _hardswish(x: np.float32) -> np.float32:
    return x * (clipped(x + _THREE, ZERO, _SIX) * _SIXTH)


@inlined
def _absolute(x: np.float32) -> np.float32:
    return abs(x)


@inlined
def _bent_identity(x: np.float32) -> np.float32:
    size = abs(x)
    bend = clipped(size, ZERO, _STRAIGHT)
    bend = np.sqrt(bend * bend + ONE)
    bend = size if size > bend else bend
    return x + (bend - ONE) * HALF


@inlined
def _relu(x: np.float32) -> np.float32:
    return clipped(x, ZERO, _HIGHEST)


@inlined
def _leaky_relu(x: np.float32) -> np.float32:
    below = x * _LEAKY
    return below if below > x else x


@inlined
def _rrelu(x: np.float32) -> np.float32:
    below = x * _RRELU
    return below if below > x else x


@inlined
def _elu(x: np.float32) -> np.float32:
    below = scalars.expm1(x)
    return x if x > below else below


@inlined
def _selu(x: np.float32) -> np.float32:
    return clipped(x, ZERO, _SELU_HIGHEST) * _SELU_SCALE + scalars.expm1(x) * _SELU_BELOW


@inlined
def _tanhshrink(x: np.float32) -> np.float32:
    return x - scalars.tanh(x)


@inlined
def _softshrink(x: np.float32) -> np.float32:
    return x - clipped(x, _MINUS_HALF, HALF)


@inlined
def _hardshrink(x: np.float32) -> np.float32:
    return x * (ONE if abs(x) > HALF else ZERO)


@inlined
def _signed_log(x: np.float32) -> np.float32:
    value: np.float32 = single(np.int32(bits(scalars.log1p(abs(x))) | (bits(x) & _SIGN)))
    return value


@inlined
def _softsign(x: np.float32) -> np.float32:
    return x / (abs(x) + ONE)


@inlined
def _hardsigmoid(x: np.float32) -> np.float32:
    return clipped(x + _THREE, ZERO, _SIX) * _SIXTH


@inlined
def _hardtanh(x: np.float32) -> np.float32:
    return clipped(x, _MINUS_ONE, ONE)


@inlined
def _sign(x: np.float32) -> np.float32:
    return ONE if x > ZERO else (_MINUS_ONE if x < ZERO else ZERO)


@inlined
def _softplus(x: np.float32) -> np.float32:
    bend = scalars.log1p_of_share(scalars.exp(-abs(x)))
    return clipped(x, ZERO, _HIGHEST) + bend


@inlined
def _logsigmoid(x: np.float32) -> np.float32:
    return -_softplus(-x)


@inlined
def _sine(x: np.float32) -> np.float32:
    return scalars.sine(x, 0)


@inlined
def _cosine(x: np.float32) -> np.float32:
    return scalars.sine(x, 1)


def _loop(bent: Callable[[np.float32], np.float32]) -> Callable[[Singles, Singles], None]:
    def loop(x: Singles, out: Singles) -> None:
        for index in range(len(x)):
            out[index] = bent(x[index])

    return inlined(apart(loop, bent))


@inlined
def _sines(terms: Singles, x: Singles, out: Singles) -> None:
    for index in range(len(x)):
        out[index] = ZERO
    for k in range(len(terms) // 3):
        amplitude, frequency, phase = terms[3 * k], terms[3 * k + 1], terms[3 * k + 2]
        for index in range(len(x)):
            out[index] += scalars.sine_of_turns(x[index] * frequency + phase) * amplitude


_all_identity = _loop(_identity)
_all_silu = _loop(_silu)
_all_mish = _loop(_mish)
_all_gelu = _loop(_gelu)
_all_hardswish = _loop(_hardswish)
_all_absolute = _loop(_absolute)
_all_bent_identity = _loop(_bent_identity)
_all_relu = _loop(_relu)
_all_leaky_relu = _loop(_leaky_relu)
_all_rrelu = _loop(_rrelu)
_all_elu = _loop(_elu)
_all_selu = _loop(_selu)
_all_tanhshrink = _loop(_tanhshrink)
_all_softshrink = _loop(_softshrink)
_all_hardshrink = _loop(_hardshrink)
_all_signed_log = _loop(_signed_log)
_all_tanh = _loop(scalars.tanh)
_all_sigmoid = _loop(scalars.logistic)
_all_softsign = _loop(_softsign)
_all_hardsigmoid = _loop(_hardsigmoid)
_all_hardtanh = _loop(_hardtanh)
_all_sign = _loop(_sign)
_all_softplus = _loop(_softplus)
_all_logsigmoid = _loop(_logsigmoid)
_all_sine = _loop(_sine)
_all_cosine = _loop(_cosine)


@inlined
def bend(code: int, terms: Singles, x: Singles, out: Singles) -> None:
    """Write what an activation makes of numbers.

    Parameters
    ----------
    code, terms
        Number of the activation, and what it holds.
    x, out
        Numbers, and what it makes of them.
    """
    if code == 0:
        _all_identity(x, out)
    elif code == 1:
        _all_silu(x, out)
    elif code == 2:
        _all_mish(x, out)
    elif code == 3:
        _all_gelu(x, out)
    elif code == 4:
        _all_hardswish(x, out)
    elif code == 5:
        _all_absolute(x, out)
    elif code == 6:
        _all_bent_identity(x, out)
    elif code == 7:
        _all_relu(x, out)
    elif code == 8:
        _all_leaky_relu(x, out)
    elif code == 9:
        _all_rrelu(x, out)
    elif code == 10:
        _all_elu(x, out)
    elif code == 11:
        _all_selu(x, out)
    elif code == 12:
        _all_tanhshrink(x, out)
    elif code == 13:
        _all_softshrink(x, out)
    elif code == 14:
        _all_hardshrink(x, out)
    elif code == 15:
        _all_signed_log(x, out)
    elif code == 16:
        _all_tanh(x, out)
    elif code == 17:
        _all_sigmoid(x, out)
    elif code == 18:
        _all_softsign(x, out)
    elif code == 19:
        _all_hardsigmoid(x, out)
    elif code == 20:
        _all_hardtanh(x, out)
    elif code == 21:
        _all_sign(x, out)
    elif code == 22:
        _all_softplus(x, out)
    elif code == 23:
        _all_logsigmoid(x, out)
    elif code == 24:
        _all_sine(x, out)
    elif code == 25:
        _all_cosine(x, out)
    else:
        _sines(terms, x, out)
