using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>Node, where there is one with a WebSocket: since 20.10 behind a switch, since 22 without.</summary>
internal sealed class NodeHost : ModuleHost
{
    private readonly Process _process;
    private readonly Channel<string> _results = Channel.CreateUnbounded<string>();

    private NodeHost(Process process) => _process = process;

    public static async Task<NodeHost> StartAsync(Uri module)
    {
        string[]? switches = await FindSwitchesAsync();
        if (switches is null)
            Assert.Ignore("no Node with a WebSocket on PATH: install version 22, or 20.10");
        string[] arguments = [.. switches, Path.Combine(Folder, "node.mjs"), Path.Combine(Folder, "driver.js"), module.ToString()];
        var start = new ProcessStartInfo("node", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var host = new NodeHost(new Process { StartInfo = start });
        host._process.OutputDataReceived += (_, line) => host.OnLine(line.Data);
        host._process.Start();
        host._process.BeginOutputReadLine();
        Assert.That(await host._results.Reader.ReadAsync().Soon("Node"), Is.EqualTo("ready"));
        return host;
    }

    public override async Task RunAsync(string script)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize($"(async () => {{ {script} }})()"));
        await _process.StandardInput.FlushAsync();
        Assert.That(await _results.Reader.ReadAsync().Soon(script), Is.EqualTo("done"), script);
    }

    public override async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().Soon("Node to end");
        _process.Dispose();
    }

    /// <returns>Null when there is no Node, or none with a WebSocket.</returns>
    private static async Task<string[]?> FindSwitchesAsync()
    {
        foreach (string[] switches in (string[][])[[], ["--experimental-websocket"]])
        {
            try
            {
                var start = new ProcessStartInfo("node", [.. switches, "--eval", "console.log(typeof WebSocket)"]) { RedirectStandardOutput = true, RedirectStandardError = true };
                using Process process = Process.Start(start)!;
                string answer = await process.StandardOutput.ReadToEndAsync();
                await process.WaitForExitAsync();
                if (answer.Trim() == "function")
                    return switches;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }
        return null;
    }

    private void OnLine(string? line)
    {
        if (line?.StartsWith('[') == true)
            Heard(line);
        else
            _results.Writer.TryWrite(line ?? "Node has ended");
    }
}
