using System.Text.Json;
using static System.FormattableString;

namespace Keker.Benchmarks.Curve;

/// <summary>The points of a curve beside the one that they are compared to.</summary>
internal sealed class CurveTable(CurvePoint reference)
{
    private readonly List<object> _rows = [];

    public static void PrintHeader() => Console.WriteLine(
        $"{"members",9} {"pass ns/member",15} {"ratio",6} {"floor ns/member",16} {"beyond floor",13} {"ratio",6} "
        + $"{"publish ns",11} {"bytes/pass",11}");

    public void Add(CurvePoint point)
    {
        double ratio = point.PassNanoseconds / reference.PassNanoseconds;
        double ratioBeyond = point.BeyondFloor / reference.BeyondFloor;
        Console.WriteLine(
            Invariant($"{point.Members,9} {point.PassNanoseconds,15:F1} {ratio,6:F2} {point.FloorNanoseconds,16:F1} ")
            + Invariant($"{point.BeyondFloor,13:F1} {ratioBeyond,6:F2} {point.PublishNanoseconds,11:F1} {point.AllocatedBytes,11}"));
        _rows.Add(new
        {
            members = point.Members,
            passNsPerMember = point.PassNanoseconds,
            passRatio = ratio,
            floorNsPerMember = point.FloorNanoseconds,
            beyondFloorNsPerMember = point.BeyondFloor,
            beyondFloorRatio = ratioBeyond,
            publishNs = point.PublishNanoseconds,
            allocatedBytesPerPass = point.AllocatedBytes,
        });
    }

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(_rows, JsonSerializerOptions.Web));
}
