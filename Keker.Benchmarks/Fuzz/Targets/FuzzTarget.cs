namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// A parser under test, with the properties that hold for every input. The input is always the bare bytes of the wire, so that seeds are
/// readable and findings can be sent as they are; what else a check needs (where to cut, say) it derives from them.
/// </summary>
/// <param name="name">The name on the command line and of the folder of seeds.</param>
internal abstract class FuzzTarget(string name)
{
    /// <summary>The name on the command line and of the folder of seeds.</summary>
    public string Name { get; } = name;

    /// <summary>Runs the parser on the input in several ways and compares what comes out.</summary>
    /// <exception cref="PropertyException">A property does not hold.</exception>
    public abstract void Check(byte[] input);
}
