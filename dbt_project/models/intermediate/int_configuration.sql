select is_changed
from {{ ref('stg_configuration') }}
