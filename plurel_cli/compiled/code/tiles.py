"""Sums of products of doubles on a grid, of which nothing is rounded: a tile of them in registers.

Since they are exact, neither their order nor fusing a product with a sum shows, and the machine may
do what is fastest. Weights are padded to whole vectors of eight.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from plurel_cli.compiled.code.machine import intrinsic

LANES = 8
"""Numbers of a vector."""

ROWS = 4
"""Rows of a tile."""

_DOUBLE, _FLOAT, _WORD = ir.DoubleType(), ir.FloatType(), ir.IntType(64)
_DOUBLES, _FLOATS = ir.VectorType(_DOUBLE, LANES), ir.VectorType(_FLOAT, LANES)


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _fused(builder: Any) -> Any:
    kind = ir.FunctionType(_DOUBLES, [_DOUBLES] * 3)
    return cgutils.get_or_insert_function(builder.module, kind, "llvm.fmuladd.v8f64")


def _vector(builder: Any, data: Any, index: Any, kind: Any = _DOUBLES) -> Any:
    pointer = builder.gep(data, [index])
    return builder.bitcast(pointer, kind.as_pointer())


def _tile(n_vectors: int) -> Any:
    """What writes the code of a tile of some vectors of columns."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        whole, n_in, weights, padded, column, out = arguments
        of_rows = _data(context, builder, signature.args[0], whole)
        of_weights = _data(context, builder, signature.args[2], weights)
        of_out = _data(context, builder, signature.args[5], out)
        fused = _fused(builder)
        undefined = ir.Constant(_DOUBLES, ir.Undefined)
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        columns = [
            builder.add(column, ir.Constant(_WORD, vector * LANES)) for vector in range(n_vectors)
        ]
        before = builder.block
        loop = builder.append_basic_block("terms")
        after = builder.append_basic_block("summed")
        builder.branch(loop)
        builder.position_at_end(loop)
        k = builder.phi(_WORD)
        k.add_incoming(ir.Constant(_WORD, 0), before)
        sums = [[builder.phi(_DOUBLES) for _ in columns] for _ in range(ROWS)]
        first = builder.mul(k, padded)
        of_columns = [
            builder.load(_vector(builder, of_weights, builder.add(first, at)), align=8)
            for at in columns
        ]
        for row, totals in enumerate(sums):
            index = builder.add(builder.mul(ir.Constant(_WORD, row), n_in), k)
            number = builder.load(builder.gep(of_rows, [index]))
            spread = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
            spread = builder.shuffle_vector(spread, undefined, lanes)
            for total, weight in zip(totals, of_columns, strict=True):
                total.add_incoming(ir.Constant(_DOUBLES, [0.0] * LANES), before)
                total.add_incoming(builder.call(fused, [spread, weight, total]), loop)
        following = builder.add(k, ir.Constant(_WORD, 1))
        k.add_incoming(following, loop)
        builder.cbranch(builder.icmp_signed("<", following, n_in), loop, after)
        builder.position_at_end(after)
        for row, totals in enumerate(sums):
            begin = builder.mul(ir.Constant(_WORD, row), padded)
            for total, at in zip(totals, columns, strict=True):
                rounded = builder.fptrunc(total.incomings[1][0], _FLOATS)
                into = _vector(builder, of_out, builder.add(begin, at), _FLOATS)
                builder.store(rounded, into, align=4)
        return context.get_dummy_value()

    return code


@intrinsic
def tile(
    context: Any, whole: Any, n_in: Any, weights: Any, padded: Any, column: Any, out: Any
) -> Any:
    """Products of four rows with eight columns of weights, rounded to float32.

    Parameters
    ----------
    context
        Of the compiler.
    whole, n_in
        Four rows of doubles, one after another, and how many each has.
    weights, padded, column
        Doubles, how many a row of them has, and from which on columns are taken.
    out
        float32, four rows as long, whose same columns are written.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """
    kinds = whole, types.int64, weights, types.int64, types.int64, out
    return types.void(*kinds), _tile(1)


@intrinsic
def wide_tile(
    context: Any, whole: Any, n_in: Any, weights: Any, padded: Any, column: Any, out: Any
) -> Any:
    """As `tile`, with sixteen columns of weights.

    Parameters
    ----------
    context
        Of the compiler.
    whole, n_in
        Four rows of doubles, one after another, and how many each has.
    weights, padded, column
        Doubles, how many a row of them has, and from which on columns are taken.
    out
        float32, four rows as long, whose same columns are written.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """
    kinds = whole, types.int64, weights, types.int64, types.int64, out
    return types.void(*kinds), _tile(2)


@intrinsic
def along(context: Any, whole: Any, begin: Any, n_in: Any, weights: Any) -> Any:
    """The sum of products of a row with a column, of a number of terms that eight divides.

    Parameters
    ----------
    context
        Of the compiler.
    whole, begin, n_in
        Doubles, where the row begins among them, and how long it is.
    weights
        Doubles.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        whole, begin, n_in, weights = arguments
        of_rows = _data(context, builder, signature.args[0], whole)
        of_weights = _data(context, builder, signature.args[3], weights)
        fused = _fused(builder)
        before = builder.block
        loop = builder.append_basic_block("terms")
        after = builder.append_basic_block("summed")
        builder.branch(loop)
        builder.position_at_end(loop)
        k, total = builder.phi(_WORD), builder.phi(_DOUBLES)
        k.add_incoming(ir.Constant(_WORD, 0), before)
        total.add_incoming(ir.Constant(_DOUBLES, [0.0] * LANES), before)
        weight = builder.load(_vector(builder, of_weights, k), align=8)
        number = builder.load(_vector(builder, of_rows, builder.add(begin, k)), align=8)
        summed = builder.call(fused, [number, weight, total])
        total.add_incoming(summed, loop)
        following = builder.add(k, ir.Constant(_WORD, LANES))
        k.add_incoming(following, loop)
        builder.cbranch(builder.icmp_signed("<", following, n_in), loop, after)
        builder.position_at_end(after)
        several = [
            builder.extract_element(summed, ir.Constant(ir.IntType(32), lane))
            for lane in range(LANES)
        ]
        while len(several) > 1:
            several = [
                builder.fadd(*several[pair : pair + 2]) for pair in range(0, len(several), 2)
            ]
        return several[0]

    return types.float64(whole, types.int64, types.int64, weights), code
