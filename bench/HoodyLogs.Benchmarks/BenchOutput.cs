using System.Text.Json;

namespace HoodyLogs.Benchmarks;

/// <summary>Writes one JSON object per line to standard output. Text for people goes to standard error.</summary>
internal static class BenchOutput
{
    public static void Line(string bench, string @case, params (string Name, object? Value)[] members)
    {
        var line = new Dictionary<string, object> { ["bench"] = bench, ["case"] = @case };
        foreach (var (name, value) in members)
        {
            if (value is not null) line[name] = value;
        }

        Console.WriteLine(JsonSerializer.Serialize(line));
    }

    public static void Note(string text) => Console.Error.WriteLine(text);
}
