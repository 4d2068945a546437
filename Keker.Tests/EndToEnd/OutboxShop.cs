using System.Diagnostics;

namespace Keker.Tests.EndToEnd;

/// <summary>A backend with a database of its own, in a directory that goes with its test, and the loop of its outbox.</summary>
internal sealed class OutboxShop : IDisposable
{
    private readonly TempDirectory _folder = new();
    private Process? _loop;

    /// <summary>Runs SQL, as one script.</summary>
    public Task RunAsync(string sql) => PythonAsync("sqlite3.connect('shop.db').executescript(sys.argv[1])", sql);

    /// <summary>Returns when the outbox has no row any more.</summary>
    public Task WaitUntilEmptyAsync() =>
        PythonAsync("db = sqlite3.connect('shop.db')\nwhile db.execute('SELECT count(*) FROM outbox').fetchone()[0]: time.sleep(0.02)");

    /// <summary>Starts the loop.</summary>
    public void Start(string script)
    {
        File.WriteAllText(_folder.File("loop.py"), script);
        _loop = Process.Start(Python("loop.py"));
    }

    public void Dispose()
    {
        _loop?.Kill();
        _loop?.WaitForExit();
        _loop?.Dispose();
        _folder.Dispose();
    }

    private async Task PythonAsync(string script, params string[] arguments)
    {
        using Process process = Process.Start(Python(["-c", $"import sqlite3, sys, time\n{script}", .. arguments]))!;
        try
        {
            string errors = await process.StandardError.ReadToEndAsync().Soon("python3");
            await process.WaitForExitAsync().Soon("python3");
            Assert.That(process.ExitCode, Is.Zero, errors);
        }
        finally
        {
            process.Kill();
        }
    }

    private ProcessStartInfo Python(params string[] arguments) => new("python3", arguments)
    {
        WorkingDirectory = _folder.Path,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
