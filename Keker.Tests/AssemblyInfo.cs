// Tests run one after the other, but for those that say otherwise: these wait most of the time, and all of them at the same time.
[assembly: LevelOfParallelism(40)]
