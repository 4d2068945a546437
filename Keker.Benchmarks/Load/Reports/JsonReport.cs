using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Keker.Benchmarks.Load.Options;

namespace Keker.Benchmarks.Load.Reports;

/// <summary>Everything for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Make(LoadOptions options, string processors, IReadOnlyList<RunResult> runs, IReadOnlyList<RunResult> medians) =>
        JsonSerializer.Serialize(
            new
            {
                mode = options.Mode.ToString().ToLowerInvariant(),
                options.Connections,
                options.Size,
                window = options.Mode == LoadMode.Fanout ? options.Window : (int?)null,
                publishers = LoadMode.Publishing.HasFlag(options.Mode) ? options.Publishers : (int?)null,
                depth = options.Mode is LoadMode.Direct or LoadMode.Http ? options.Depth : (int?)null,
                seconds = options.Mode == LoadMode.Idle ? options.Hold.TotalSeconds : options.Duration.TotalSeconds,
                warmUpSeconds = options.Mode == LoadMode.Idle ? (double?)null : options.WarmUp.TotalSeconds,
                options.Verify,
                url = options.Url?.OriginalString,
                machine = new { system = RuntimeInformation.OSDescription, architecture = $"{RuntimeInformation.OSArchitecture}", Environment.ProcessorCount, processors },
                runs,
                medians,
            },
            Style);
}
