using System.Threading.Channels;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>One page in a browser: runs a script and hears what it writes to its console.</summary>
internal abstract class BrowserPage
{
    private readonly Channel<string> _console = Channel.CreateUnbounded<string>();

    /// <summary>The next line on the console: the arguments of one call, joined by spaces.</summary>
    public Task<string> NextConsoleLineAsync() => _console.Reader.ReadAsync().Soon("a line on the console");

    /// <summary>All lines on the console, as they come, for as long as somebody listens.</summary>
    public IAsyncEnumerable<string> ReadConsoleAsync() => _console.Reader.ReadAllAsync();

    /// <summary>The value of an expression; awaited if it is a promise.</summary>
    public abstract Task<string> EvaluateAsync(string expression);

    /// <summary>Leads the page to another URL, as a link would, and returns once that is loaded.</summary>
    public abstract Task NavigateAsync(Uri url);

    /// <summary>Presses the button that leads back.</summary>
    public abstract Task GoBackAsync();

    protected void Heard(string line) => _console.Writer.TryWrite(line);
}
