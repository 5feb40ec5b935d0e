using Microsoft.Extensions.Options;

namespace HoodyLogs.Yarp;

/// <summary>Reports every empty key at once.</summary>
internal sealed class YarpOptionsValidator : IValidateOptions<YarpOptions>
{
    public ValidateOptionsResult Validate(string? name, YarpOptions options)
    {
        List<string> errors = [];
        Check(nameof(options.ProjectIdKey), options.ProjectIdKey);
        Check(nameof(options.ContainerIdKey), options.ContainerIdKey);
        Check(nameof(options.ServiceNameKey), options.ServiceNameKey);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(string option, string? key)
        {
            if (string.IsNullOrWhiteSpace(key)) errors.Add($"{nameof(YarpOptions)}.{option} is empty; it must be the key of a route's metadata.");
        }
    }
}
