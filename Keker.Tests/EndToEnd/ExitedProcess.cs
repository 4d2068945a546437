namespace Keker.Tests.EndToEnd;

/// <summary>What a run that ended by itself left behind.</summary>
internal sealed record ExitedProcess(int Status, string Output, string Errors)
{
    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
