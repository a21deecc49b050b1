"""Settings of stage 2: the hierarchical stochastic block model behind every foreign key."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, IntegerRange, RealRange
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.connectivity.counts import LARGEST_MEAN, counts
from plurel_cli.connectivity.lags import NO_LAG, lags
from plurel_cli.connectivity.popularities import popularities

Levels = Annotated[Choice[int], Integers(ge=1, le=64)]
Clusters = Annotated[Choice[int], Integers(ge=1, le=10_000)]
Share = Annotated[Choice[float], Reals(ge=0, le=1)]
Repeats = Annotated[Choice[float], Reals(ge=0, lt=1)]
Scale = Annotated[Choice[float], Reals(ge=0, le=1e6)]
PopularityName = Annotated[Choice[str], Names(lambda: popularities.names())]
PopularitySettings = Annotated[dict[str, dict[str, Choice[Any]]], popularities]
CountName = Annotated[Choice[str], Names(lambda: counts.names())]
CountSettings = Annotated[dict[str, dict[str, Choice[Any]]], counts]
LagName = Annotated[Choice[str], Names(lambda: (NO_LAG, *lags.names()))]
LagSettings = Annotated[dict[str, dict[str, Choice[Any]]], lags]
Pairing = Annotated[Choice[str], Names(("direct", "scrambled"))]


class ThreadConfig(Section):
    """References of a table to its own earlier rows, as of a reply to a comment."""

    root: Share = Field(default=RealRange(0.1, 0.6), description="Share of rows without a parent.")
    recency: Annotated[Choice[int], Integers(ge=1, le=1000)] = Field(
        default=IntegerRange(1, 4),
        description="The parent is the latest of this many rows, drawn from the earlier ones: "
        "1 gives shallow trees, more give deeper ones.",
    )


class LevelsConfig(Section):
    """References of a table to its own rows of the level above, as of an employee to a manager."""

    depth: Annotated[Choice[int], Integers(ge=1, le=64)] = Field(
        default=IntegerRange(2, 5),
        description="Number of levels below the first, whose rows have no parent.",
    )
    branching: Annotated[Choice[float], Reals(ge=1, le=1e4)] = Field(
        default=RealRange(3.0, 12.0),
        description="Size of a level, divided by that of the level above.",
    )


class EventsConfig(Section):
    """Keys into tables that hold events, in place of the settings of the same names."""

    following: Share = Field(
        default=RealRange(0.8, 1.0),
        description="Share of rows that refer to one of the newest events.",
    )
    lag: Annotated[Choice[float], Reals(gt=0, le=1e12)] = Field(
        default=Fixed(1.0), description="How many events back these rows refer, at the median."
    )


class DetailConfig(Section):
    """References of the form `detail`: rows that their parents make, like the lines of an order."""

    count: CountName = Field(
        default=Fixed("geometric"),
        description="Distribution of how many details a parent has besides `least`.",
    )
    counts: CountSettings = Field(
        default_factory=lambda: counts.settings({}),
        description="Parameters of each such distribution, by its name.",
    )
    mean: Annotated[Choice[float], Reals(gt=0, le=LARGEST_MEAN)] | None = Field(
        default=None,
        description="Mean number of details of a parent, from which the rows of the table follow. "
        "By default, or where `rows` is stated, the mean follows from the rows.",
    )
    least: Annotated[Choice[int], Integers(ge=0, le=1000)] = Field(
        default=Fixed(1),
        description="Fewest details of a parent that has some: 1 if each order has a line. If "
        "the mean is smaller, it is what the mean allows.",
    )
    none: Repeats = Field(
        default=Fixed(0.0), description="Share of parents that are to have no details at all."
    )
    lag: LagName = Field(
        default=Fixed(NO_LAG),
        description="How long after the time of its parent a detail comes: `none` is at the same "
        "time. What would come after the window is spread over what is left of it.",
    )
    lags: LagSettings = Field(
        default_factory=lambda: lags.settings({}),
        description="Parameters of each such distribution, by its name.",
    )


class ConnectivityConfig(Section):
    """Block model of a foreign key, and what shapes it besides; each key draws its own."""

    levels: Levels = Field(
        default=IntegerRange(1, 5),
        description="Number of levels in the hierarchy of clusters. Levels × parent clusters × "
        "child clusters may be 262,144 at most.",
    )
    parent_clusters: Clusters = Field(
        default=IntegerRange(1, 3),
        description="Number of clusters of parent rows on a level, drawn for each level.",
    )
    child_clusters: Clusters = Field(
        default=IntegerRange(1, 3),
        description="Number of clusters of child rows on a level, drawn for each level.",
    )
    matched: bool = Field(
        default=False,
        description="Whether each level has as many child clusters as parent clusters.",
    )
    p_diagonal: Share = Field(
        default=Fixed(0.9),
        description="Score of a parent and a child in matching clusters, drawn for each level "
        "and matching pair. The scores of all levels are multiplied.",
    )
    p_off_diagonal: Share = Field(
        default=RealRange(0.001, 0.002),
        description="Score of a parent and a child in clusters that do not match, drawn for "
        "each level and pair.",
    )
    alike: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability that a key uses the value of a habit that its database drew "
        "once for all keys, instead of drawing its own. Habits are all settings of keys except "
        "those of blocks.",
    )
    softness: Scale = Field(
        default=Fixed(0.0),
        description="How blurred the edges of clusters are: the scale, as a share of the "
        "child's rows, by which a row's place among the clusters is moved. 0 is sharp; 1 or "
        "more leaves no blocks.",
    )
    returning: Share = Field(
        default=Fixed(0.0),
        description="Share of rows that ignore the blocks, like returning customers.",
    )
    founders: Share = Field(
        default=Fixed(1.0),
        description="Share of parents that these rows may refer to from the start. The others "
        "join one by one, in the order of the blocks, and nobody returns to one that has not "
        "joined. Where `time_order` keeps references to time, that says who is there.",
    )
    following: Share = Field(
        default=Fixed(0.0),
        description="Share of rows that refer to one of the newest parents, if both tables "
        "have times and `time_order` is on.",
    )
    lag: Annotated[Choice[float], Reals(gt=0, le=1e12)] = Field(
        default=Fixed(3.0), description="How many parents back these rows refer, at the median."
    )
    events: EventsConfig = Field(
        default_factory=EventsConfig, description="Keys into tables of events."
    )
    popularity: PopularityName = Field(
        default=Fixed("even"),
        description="Distribution of the weights of parents within their block.",
    )
    popularities: PopularitySettings = Field(
        default_factory=lambda: popularities.settings({}),
        description="Parameters of each popularity, by its name.",
    )
    childless: Repeats = Field(
        default=Fixed(0.0),
        description="Share of parents without children, drawn at random. Where all parents that "
        "some rows may refer to are among them, the first of each of their clusters is not.",
    )
    hubs: Share = Field(
        default=Fixed(0.0),
        description="Share of parents that are hubs, with many times the weight of others.",
    )
    hub_weight: Annotated[Choice[float], Reals(ge=1, le=1e9)] = Field(
        default=Fixed(30.0), description="Factor on the weight of a hub."
    )
    latent: Share = Field(
        default=Fixed(0.0),
        description="Share of parents whose weight, and how long they are referred to, follow "
        "from the hidden trait of the row. Some of its columns can depend on the same trait.",
    )
    run: Repeats = Field(
        default=Fixed(0.0),
        description="Probability that a row refers to the same parent as the row before it, "
        "like the lines of an order.",
    )
    coupling: Share = Field(
        default=Fixed(0.0),
        description="Share of a table's rows whose foreign keys are drawn by one point and so "
        "go together, among rows that do not repeat a parent by `run`. Each key keeps its own "
        "distribution. Drawn once for each table.",
    )
    pairing: Pairing = Field(
        default=Fixed("direct"),
        description="How such keys go together: with `direct`, early parents with early ones; "
        "with `scrambled`, each parent with a few parents of the other key.",
    )
    p_nullable: Share = Field(
        default=Fixed(0.0), description="Probability that a foreign key may be null."
    )
    null_rate: Repeats = Field(
        default=RealRange(0.01, 0.6), description="Share of nulls in such a key."
    )
    null_latent: Share = Field(
        default=Fixed(0.0),
        description="How far the hidden trait of a row decides whether its key is null: 0 not "
        "at all, 1 entirely.",
    )
    time_order: bool = Field(
        default=False,
        description="Whether a row with a time refers only to rows that exist by that time.",
    )
    thread: ThreadConfig = Field(
        default_factory=ThreadConfig, description="Self-references of the form `thread`."
    )
    detail: DetailConfig = Field(
        default_factory=DetailConfig, description="References of the form `detail`."
    )
    hierarchy: LevelsConfig = Field(
        default_factory=LevelsConfig, description="Self-references of the form `levels`."
    )
