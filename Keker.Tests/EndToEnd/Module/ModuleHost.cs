using System.Threading.Channels;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>Something that runs keker.js as kekerd serves it, with time in the test's hands: see driver.js.</summary>
internal abstract class ModuleHost : IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    protected static string Folder => Path.Combine(ReadmeFile.Root, "Keker.Tests", "EndToEnd", "Module");

    /// <summary>Starts the one with this name.</summary>
    public static async Task<ModuleHost> StartAsync(string name, Uri module) =>
        name == "node" ? await NodeHost.StartAsync(module) : await ChromiumHost.StartAsync(module);

    /// <summary>Runs a script, and waits for its promise if it is one.</summary>
    public abstract Task RunAsync(string script);

    public abstract ValueTask DisposeAsync();

    /// <summary>What happens next has to be this, as <c>say</c> writes it.</summary>
    public async Task ExpectAsync(params string[] lines)
    {
        foreach (string line in lines)
            Assert.That(await NextAsync(), Is.EqualTo(line));
    }

    /// <summary>What happens next.</summary>
    public async Task<string> NextAsync() => await _lines.Reader.ReadAsync().Soon("something to happen");

    /// <summary>Whether nothing has happened that was not asked for.</summary>
    public bool IsQuiet => _lines.Reader.Count == 0;

    protected void Heard(string line) => _lines.Writer.TryWrite(line);
}
