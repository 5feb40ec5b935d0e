using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>
/// Describes a parameter of the table to OpenAPI, in the form in which minimal APIs describe the parameters of their handlers. The handlers of the
/// logs API read the query string themselves, so they have no such parameters.
/// </summary>
internal sealed class ApiParameterInfo : ParameterInfo, IParameterBindingMetadata
{
    private readonly ApiParameter _parameter;
    private readonly List<Attribute> _attributes;

    /// <param name="parameter">The parameter.</param>
    /// <param name="method">Any static method; the API explorer requires one.</param>
    public ApiParameterInfo(ApiParameter parameter, MethodInfo method)
    {
        _parameter = parameter;
        _attributes = [new DescriptionAttribute(parameter.Description), Location(parameter)];
        if (parameter.Range is { } range) _attributes.Add(range);
        NameImpl = parameter.Name;
        ClassImpl = parameter.Type;
        MemberImpl = method;
        DefaultValueImpl = parameter.Default;
        AttrsImpl = IsOptionalParameter(parameter) ? ParameterAttributes.Optional : ParameterAttributes.None;
    }

    public override bool HasDefaultValue => _parameter.Default is not null;

    public override object? DefaultValue => _parameter.Default;

    string IParameterBindingMetadata.Name => _parameter.Name;

    bool IParameterBindingMetadata.HasTryParse => _parameter.Type != typeof(string);

    bool IParameterBindingMetadata.HasBindAsync => false;

    bool IParameterBindingMetadata.IsOptional => IsOptionalParameter(_parameter);

    ParameterInfo IParameterBindingMetadata.ParameterInfo => this;

    public override object[] GetCustomAttributes(bool inherit) => [.. _attributes];

    // Callers cast the result to an array of the type.
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Attributes are classes, and arrays of classes need no code of their own.")]
    public override object[] GetCustomAttributes(Type attributeType, bool inherit)
    {
        var matches = _attributes.Where(attributeType.IsInstanceOfType).ToArray();
        var typed = (object[])Array.CreateInstance(attributeType, matches.Length);
        matches.CopyTo(typed, 0);
        return typed;
    }

    public override bool IsDefined(Type attributeType, bool inherit) => _attributes.Exists(attributeType.IsInstanceOfType);

    public override IList<CustomAttributeData> GetCustomAttributesData() => [];

    private static bool IsOptionalParameter(ApiParameter parameter) => parameter.In != ParameterLocation.Path;

    private static Attribute Location(ApiParameter parameter) => parameter.In switch
    {
        ParameterLocation.Path => new FromRouteAttribute { Name = parameter.Name },
        ParameterLocation.Header => new FromHeaderAttribute { Name = parameter.Name },
        _ => new FromQueryAttribute { Name = parameter.Name },
    };
}
