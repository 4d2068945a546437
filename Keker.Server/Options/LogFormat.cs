namespace Keker.Server.Options;

/// <summary>How lines of the log look.</summary>
internal enum LogFormat
{
    /// <summary>For people: time, level, text.</summary>
    Text,

    /// <summary>For programs: a JSON object a line.</summary>
    Json,

    /// <summary>For the journal of systemd: a priority and the text.</summary>
    Journal,
}
