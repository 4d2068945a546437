namespace Keker.Benchmarks.Curve;

/// <summary>What a flush pass cost at one number of members. Medians.</summary>
/// <param name="Members">Members of the topic.</param>
/// <param name="PassNanoseconds">A whole pass, divided by the members.</param>
/// <param name="FloorNanoseconds">Merely reading one field of each object that a pass touches, divided by the members.</param>
/// <param name="PublishNanoseconds">One publish: look-up and append.</param>
/// <param name="AllocatedBytes">Managed bytes allocated by one publish and its pass.</param>
internal sealed record CurvePoint(int Members, double PassNanoseconds, double FloorNanoseconds, double PublishNanoseconds, long AllocatedBytes)
{
    /// <summary>A pass beyond what memory costs in any case, in nanoseconds a member.</summary>
    public double BeyondFloor => PassNanoseconds - FloorNanoseconds;
}
