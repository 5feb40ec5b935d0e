using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HoodyLogs.Configuration;

/// <summary>Reads, completes and checks the options, each in its turn around the host's own delegates, and reports everything at once.</summary>
internal sealed class OptionsSetup<T>(ProxyLogsSection section, IConfiguration? root = null, IHostEnvironment? environment = null)
    : IConfigureOptions<T>, IPostConfigureOptions<T>, IValidateOptions<T>
    where T : ProxyLogsCoreOptions
{
    public void Configure(T options)
    {
        if (section.Configuration is null) return;
        if (section.Configuration is IConfigurationSection { Value.Length: > 0 })
            options.ReadErrors.Add(section.Path, $"{section.Path} is one value; allowed is a section with keys of its own.");
        var reader = new OptionsReader(root, section.Configuration, section.Path, options.ReadErrors);
        options.Walk(reader);
        reader.ReportUnknownKeys();
    }

    public void PostConfigure(string? name, T options)
    {
        if (environment is not null && options.Sqlite is not null) options.Sqlite.Database = DatabasePath.MakeAbsolute(options.Sqlite.Database, environment.ContentRootPath);
    }

    public ValidateOptionsResult Validate(string? name, T options)
    {
        var errors = new OptionsErrors(options.ReadErrors);
        options.Walk(new OptionsChecker(section.Path, errors));
        return errors.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"The options of HoodyLogs are not valid:{string.Concat(errors.Sentences.Select(sentence => $"\n  {sentence}"))}");
    }
}
