using HoodyLogs.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HoodyLogs.Configuration;

/// <summary>Binds the options before the delegates of the host, completes and validates them afterwards, and reports all errors in one message.</summary>
internal sealed class OptionsSetup<T>(ProxyLogsSection section, OptionsBinding<T> binding, IHostEnvironment? environment = null)
    : IConfigureOptions<T>, IPostConfigureOptions<T>, IValidateOptions<T>
    where T : ProxyLogsCoreOptions
{
    public void Configure(T options)
    {
        if (section.Configuration is null) return;
        binding.Bind(new OptionsReader(binding.Schema, options.ReadErrors).Read(section.Configuration, options), options);
    }

    public void PostConfigure(string? name, T options)
    {
        if (environment is not null && options.Sqlite is not null)
            options.Sqlite.Database = DatabasePath.MakeAbsolute(options.Sqlite.Database, environment.ContentRootPath);
    }

    public ValidateOptionsResult Validate(string? name, T options)
    {
        var errors = new OptionsErrors(options.ReadErrors);
        var result = binding.Validator.Validate(ProxyLogsCoreOptions.SectionName, options);
        foreach (var line in (result.Failures ?? []).SelectMany(failure => failure.Split('\n'))) errors.AddLine(line);
        return errors.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"The options of HoodyLogs are not valid:{string.Concat(errors.Sentences(section.Path).Select(sentence => $"\n  {sentence}"))}");
    }
}
