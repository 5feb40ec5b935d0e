using System.Globalization;

namespace HoodyLogs.Benchmarks;

/// <summary>Parses the <c>--name value</c> arguments after the name of a benchmark.</summary>
internal sealed class BenchArguments(string[] args)
{
    public long Number(string name, long otherwise) =>
        Text(name, null) is { } text ? long.Parse(text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) : otherwise;

    public string? Text(string name, string? otherwise)
    {
        var at = Array.IndexOf(args, $"--{name}");
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
    }

    public bool Has(string name) => Array.IndexOf(args, $"--{name}") >= 0;
}
