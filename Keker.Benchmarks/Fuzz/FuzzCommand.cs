using Keker.Benchmarks.Fuzz.Live;
using Keker.Benchmarks.Fuzz.Targets;
using SharpFuzz;

namespace Keker.Benchmarks.Fuzz;

/// <summary>The <c>fuzz</c> command: what build.sh and afl-fuzz call, and the replay of what they found.</summary>
internal static class FuzzCommand
{
    private const int Success = 0;
    private const int Violated = 1;
    private const int Misused = 2;

    private const string Usage = """
        Usage: Keker.Benchmarks fuzz COMMAND

          targets                 print the names of all targets
          replay TARGET PATH...   check files, or all files in folders, and say which violate a property
          instrument DLL          rewrite an assembly so that it tells afl-fuzz which way it went
          live MINUTES [SEED]     send changed seeds to the kekerd that the environment variable KEKERD names, else out/kekerd, and watch what
                                  clients that keep to the rules get meanwhile; run in the root of the checkout
          run TARGET              check what afl-fuzz hands over, until it stops

        ./build.sh fuzz [TARGET] [MINUTES] does all of it.
        """;

    public static int Run(string[] args)
    {
        switch (args)
        {
            case ["targets"]:
                foreach (FuzzTarget target in FuzzTargets.All) Console.WriteLine(target.Name);
                return Success;
            case ["replay", string name, .. { Length: > 0 } paths] when FuzzTargets.Find(name) is { } target:
                return Replay(target, paths);
            case ["instrument", string assembly]:
                return Instrument(assembly);
            case ["run", string name] when FuzzTargets.Find(name) is { } target:
                // In a process of its own: one that hangs or overflows its stack is replaced, and fuzzing goes on.
                Fuzzer.OutOfProcess.Run(input => target.Check(ReadAll(input)));
                return Success;
            case ["live", string minutes, .. { Length: <= 1 } seed] when LiveCommand.Run(minutes, seed.FirstOrDefault()) is { } status:
                return status;
            default:
                Console.Error.WriteLine(Usage);
                return Misused;
        }
    }

    private static int Replay(FuzzTarget target, string[] paths)
    {
        int violations = 0;
        string[] files = [.. paths.SelectMany(FilesAt)];
        foreach (string file in files)
        {
            byte[] input = File.ReadAllBytes(file);
            try
            {
                target.Check(input);
            }
            catch (Exception exception)
            {
                // Any exception is a finding: parsers do not throw on input.
                violations++;
                Console.WriteLine($"{file}: {exception}");
            }
        }

        Console.WriteLine($"{target.Name}: {files.Length} inputs, {violations} violations");
        return violations == 0 ? Success : Violated;
    }

    private static IEnumerable<string> FilesAt(string path) =>
        Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal) : [path];

    private static int Instrument(string assembly)
    {
        int types = Fuzzer.Instrument(assembly, static _ => true, Options.Value).Count();
        Console.WriteLine($"{Path.GetFileName(assembly)}: {types} types instrumented");
        return types > 0 ? Success : Violated;
    }

    private static byte[] ReadAll(Stream input)
    {
        using MemoryStream bytes = new();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }
}
