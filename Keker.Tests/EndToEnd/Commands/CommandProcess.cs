using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Keker.Tests.EndToEnd.Commands;

/// <summary>A sub-command of the real kekerd that runs.</summary>
internal sealed partial class CommandProcess : IAsyncDisposable
{
    private readonly Process _process;

    private CommandProcess(Process process) => _process = process;

    /// <summary>Its standard output, line by line.</summary>
    public LogLines Output { get; } = new();

    /// <summary>Its standard error, line by line.</summary>
    public LogLines Errors { get; } = new();

    /// <summary>Starts one.</summary>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    public static CommandProcess Start(string[] arguments, params (string Name, string Value)[] environment)
    {
        var command = new CommandProcess(Prepare(arguments, environment));
        command._process.OutputDataReceived += (_, line) => Add(command.Output, line.Data);
        command._process.ErrorDataReceived += (_, line) => Add(command.Errors, line.Data);
        command._process.Start();
        command._process.StandardInput.Close();
        command._process.BeginOutputReadLine();
        command._process.BeginErrorReadLine();
        return command;
    }

    /// <summary>Runs one to its end.</summary>
    /// <param name="input">Its standard input.</param>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    public static async Task<ExitedProcess> RunAsync(byte[] input, string[] arguments, params (string Name, string Value)[] environment)
    {
        using Process process = Prepare(arguments, environment);
        process.Start();
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            try
            {
                await process.StandardInput.BaseStream.WriteAsync(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It had enough of it, or wants none.
            }
            await process.WaitForExitAsync().Soon($"the end of {string.Join(' ', arguments)}");
            return new ExitedProcess(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <inheritdoc cref="RunAsync(byte[], string[], ValueTuple{string, string}[])"/>
    public static Task<ExitedProcess> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public void Send(Signal signal) => Assert.That(Kill(_process.Id, (int)signal), Is.Zero);

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().Soon("the command to exit");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        if (TestContext.CurrentContext.Result.FailCount > 0)
            await TestContext.Out.WriteLineAsync(Errors.Text);
        _process.Dispose();
    }

    private static Process Prepare(string[] arguments, (string Name, string Value)[] environment)
    {
        Process process = KekerBinary.Prepare(arguments);
        process.StartInfo.RedirectStandardInput = true;
        foreach ((string name, string value) in environment)
            process.StartInfo.Environment[name] = value;
        return process;
    }

    private static void Add(LogLines lines, string? line)
    {
        if (line is not null)
            lines.Add(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
