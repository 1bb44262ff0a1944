"""Trees of either kind as one set of arrays, so that predicting needs no fitting library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

type Floats = NDArray[np.float64]
type Matrix = NDArray[np.float32]
type Link = Literal["identity", "logit"]

LEAF: Final = -1

# One node; `value` is what the tree expects of whoever reaches it.
NODE: Final = np.dtype(
    [
        ("threshold", np.float64),
        ("value", np.float64),
        ("feature", np.int32),
        ("left", np.int32),
        ("right", np.int32),
        ("missing_left", np.int32),
    ]
)


@dataclass(frozen=True)
class Ensemble:
    """Trees whose paths add up: `base` plus every step's change of `value` is the raw output.

    `nodes` holds all trees one after the other, `roots` where each begins; children are absolute
    places and `LEAF` marks a node without a split. A value goes left when it is at most the
    threshold, a missing one where `missing_left` says. The raw output is a probability under the
    link `identity` (a forest) and a logit under `logit` (boosting).
    """

    link: Link
    base: float
    nodes: NDArray[Any]
    roots: NDArray[np.int64]
    features: int

    @property
    def trees(self) -> int:
        return len(self.roots)


@dataclass(frozen=True)
class _Tree:
    feature: NDArray[np.int64]
    threshold: Floats
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    missing_left: NDArray[np.int64]
    value: Floats
    cover: Floats


def from_forest(forest: Any, *, features: int) -> Ensemble:
    """The arrays of a fitted `RandomForestClassifier` of two classes; raw is its probability."""
    trees = []
    for one in forest.estimators_:
        tree = one.tree_
        leaf = tree.children_left < 0
        trees.append(
            _Tree(
                feature=np.where(leaf, LEAF, tree.feature),
                threshold=tree.threshold,
                left=tree.children_left,
                right=tree.children_right,
                missing_left=tree.missing_go_to_left,
                value=tree.value[:, 0, 1] / len(forest.estimators_),
                cover=tree.weighted_n_node_samples,
            )
        )
    return _stacked(trees, link="identity", constant=0.0, features=features)


def from_boosting(boosting: Any, *, features: int) -> Ensemble:
    """The arrays of a fitted `HistGradientBoostingClassifier` of two classes; raw is its logit."""
    trees = []
    for (predictor,) in boosting._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"] == 1
        trees.append(
            _Tree(
                feature=np.where(leaf, LEAF, nodes["feature_idx"]).astype(np.int64),
                threshold=nodes["num_threshold"],
                left=nodes["left"].astype(np.int64),
                right=nodes["right"].astype(np.int64),
                missing_left=nodes["missing_go_to_left"].astype(np.int64),
                value=nodes["value"],
                cover=nodes["count"].astype(np.float64),
            )
        )
    constant = float(boosting._baseline_prediction.ravel()[0])
    return _stacked(trees, link="logit", constant=constant, features=features)


def _stacked(trees: Sequence[_Tree], *, link: Link, constant: float, features: int) -> Ensemble:
    sizes = [len(tree.feature) for tree in trees]
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    nodes = np.zeros(sum(sizes), dtype=NODE)
    for root, tree in zip(roots, trees, strict=True):
        part = nodes[root : root + len(tree.feature)]
        part["feature"], part["threshold"] = tree.feature, tree.threshold
        inner = tree.feature != LEAF
        part["left"] = np.where(inner, tree.left + root, LEAF)
        part["right"] = np.where(inner, tree.right + root, LEAF)
        part["missing_left"], part["value"] = tree.missing_left, _expected(tree)
    base = constant + float(nodes["value"][roots].sum())
    return Ensemble(link=link, base=base, nodes=nodes, roots=roots, features=features)


def _expected(tree: _Tree) -> Floats:
    """The mean of the leaves below each node, weighted by how many rows reached them."""
    value = np.where(tree.feature == LEAF, tree.value, 0.0)
    # Children come after their parents, so one walk backwards fills every parent.
    for node in np.flatnonzero(tree.feature != LEAF)[::-1]:
        left, right = tree.left[node], tree.right[node]
        weight = tree.cover[left] + tree.cover[right]
        value[node] = (tree.cover[left] * value[left] + tree.cover[right] * value[right]) / weight
    return value
