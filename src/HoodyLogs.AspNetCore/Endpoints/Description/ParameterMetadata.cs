using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>A parameter of a route, in the form in which minimal APIs describe those that they bind.</summary>
internal sealed class ParameterMetadata(ParameterInfo parameter) : IParameterBindingMetadata
{
    public string Name { get; } = parameter.GetCustomAttribute<FromHeaderAttribute>()?.Name ?? parameter.Name!;

    public bool HasTryParse => parameter.ParameterType != typeof(string);

    public bool HasBindAsync => false;

    public ParameterInfo ParameterInfo => parameter;

    public bool IsOptional => parameter.IsOptional;
}
