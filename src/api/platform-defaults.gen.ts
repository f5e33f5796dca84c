/* Generated from crds/ by scripts/generate-types.ts; do not edit. */

/** Where the schema of a SocialPlatform has defaults. */
export interface Defaults {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Defaults>>;
  readonly items?: Defaults;
  readonly additionalProperties?: Defaults;
}

/** What the API server fills into the spec of a SocialPlatform; the built-in platforms get the same. */
export const platformDefaults: Defaults = {
  "properties": {
    "advice": {
      "items": {
        "properties": {
          "about": {
            "default": "Login"
          }
        }
      }
    },
    "settings": {
      "additionalProperties": {
        "properties": {
          "kind": {
            "default": "Text"
          }
        }
      }
    },
    "authorize": {
      "properties": {
        "scopes": {
          "default": {},
          "properties": {
            "default": {
              "default": []
            },
            "always": {
              "default": []
            },
            "separator": {
              "default": " "
            },
            "send": {
              "default": true
            },
            "change": {
              "default": "Free"
            }
          }
        },
        "pkce": {
          "default": "S256"
        },
        "pkceMethod": {
          "default": "S256"
        }
      }
    },
    "callback": {
      "default": {},
      "properties": {
        "codeParam": {
          "default": "code"
        }
      }
    },
    "token": {
      "properties": {
        "method": {
          "default": "POST"
        },
        "bodyFormat": {
          "default": "Form"
        },
        "allowSecretInURL": {
          "default": false
        },
        "clientAuth": {
          "default": "Basic"
        },
        "clientCredentials": {
          "default": {
            "include": [
              "Scope"
            ]
          }
        }
      }
    },
    "response": {
      "default": {},
      "properties": {
        "accessToken": {
          "default": [
            "access_token"
          ]
        },
        "refreshToken": {
          "default": [
            "refresh_token"
          ]
        },
        "expiry": {
          "default": {
            "path": "expires_in",
            "kind": "RelativeSeconds"
          },
          "properties": {
            "kind": {
              "default": "RelativeSeconds"
            }
          }
        },
        "refreshExpiry": {
          "properties": {
            "kind": {
              "default": "RelativeSeconds"
            }
          }
        },
        "scope": {
          "default": {},
          "properties": {
            "path": {
              "default": [
                "scope"
              ]
            },
            "separator": {
              "default": " "
            }
          }
        }
      }
    },
    "lifetimes": {
      "default": {},
      "properties": {
        "refreshAnchor": {
          "default": "Issue"
        }
      }
    },
    "refresh": {
      "default": {},
      "properties": {
        "strategy": {
          "default": "RefreshToken"
        },
        "atPercentOfLifetime": {
          "default": 75
        }
      }
    },
    "touch": {
      "properties": {
        "method": {
          "default": "GET"
        },
        "tokenPlacement": {
          "default": "Header"
        },
        "tokenParam": {
          "default": "access_token"
        },
        "scheme": {
          "default": "Bearer"
        },
        "allowSecretInURL": {
          "default": false
        },
        "life": {
          "default": "720h"
        }
      }
    },
    "derive": {
      "properties": {
        "method": {
          "default": "GET"
        },
        "tokenPlacement": {
          "default": "Header"
        },
        "tokenParam": {
          "default": "access_token"
        },
        "scheme": {
          "default": "Bearer"
        },
        "allowSecretInURL": {
          "default": false
        },
        "pick": {
          "properties": {
            "prefix": {
              "default": ""
            },
            "missing": {
              "default": "AdminRightsLost"
            }
          }
        }
      }
    },
    "introspect": {
      "properties": {
        "method": {
          "default": "GET"
        },
        "tokenPlacement": {
          "default": "Header"
        },
        "tokenParam": {
          "default": "token"
        },
        "scheme": {
          "default": "Bearer"
        },
        "clientAuth": {
          "default": "None"
        },
        "allowSecretInURL": {
          "default": false
        },
        "interval": {
          "default": "1h"
        },
        "scopes": {
          "properties": {
            "separator": {
              "default": " "
            }
          }
        },
        "expiry": {
          "properties": {
            "kind": {
              "default": "RelativeSeconds"
            }
          }
        },
        "consentExpiry": {
          "properties": {
            "kind": {
              "default": "RelativeSeconds"
            }
          }
        }
      }
    },
    "identity": {
      "properties": {
        "method": {
          "default": "GET"
        },
        "tokenPlacement": {
          "default": "Header"
        },
        "tokenParam": {
          "default": "access_token"
        },
        "scheme": {
          "default": "Bearer"
        },
        "allowSecretInURL": {
          "default": false
        },
        "interval": {
          "default": "1h"
        }
      }
    },
    "role": {
      "properties": {
        "method": {
          "default": "GET"
        },
        "tokenPlacement": {
          "default": "Header"
        },
        "tokenParam": {
          "default": "access_token"
        },
        "scheme": {
          "default": "Bearer"
        },
        "allowSecretInURL": {
          "default": false
        },
        "interval": {
          "default": "24h"
        },
        "pick": {
          "properties": {
            "prefix": {
              "default": ""
            },
            "missing": {
              "default": "AdminRightsLost"
            }
          }
        }
      }
    },
    "revoke": {
      "properties": {
        "calls": {
          "items": {
            "properties": {
              "method": {
                "default": "POST"
              },
              "token": {
                "default": "Refresh"
              },
              "tokenPlacement": {
                "default": "Form"
              },
              "tokenParam": {
                "default": "token"
              },
              "scheme": {
                "default": "Bearer"
              },
              "clientAuth": {
                "default": "None"
              },
              "allowSecretInURL": {
                "default": false
              }
            }
          }
        },
        "effect": {
          "default": "Grant"
        }
      }
    },
    "device": {
      "properties": {
        "startAuth": {
          "default": "None"
        },
        "grantType": {
          "default": "urn:ietf:params:oauth:grant-type:device_code"
        },
        "verificationURI": {
          "default": [
            "verification_uri",
            "verification_url"
          ]
        },
        "word": {
          "default": [
            "error"
          ]
        },
        "expiredWords": {
          "default": [
            "expired_token"
          ]
        }
      }
    },
    "push": {
      "items": {
        "properties": {
          "receive": {
            "properties": {
              "signature": {
                "properties": {
                  "prefix": {
                    "default": ""
                  },
                  "encoding": {
                    "default": "Hex"
                  },
                  "over": {
                    "default": [
                      "$text"
                    ]
                  }
                }
              }
            }
          }
        }
      }
    },
    "errors": {
      "items": {
        "properties": {
          "blocks": {
            "default": "Login"
          },
          "retryAfterKind": {
            "default": "Auto"
          }
        }
      }
    }
  }
};
